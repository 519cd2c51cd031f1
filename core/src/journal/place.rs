//! Where a journal may lie: not on a network drive, whose locks and syncs cannot be trusted.

use crate::error::{Error, Kind, Result};
use std::path::{Path, PathBuf};

/// File systems that reach another machine (or, 9p, another system on this one).
const NETWORK: [&str; 22] = [
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb2",
    "smb3",
    "smbfs",
    "vboxsf",
];

/// Refuses a folder on a network drive, as far as the system tells.
///
/// # Errors
/// `config`, naming folder and file system.
pub(super) fn check(folder: &Path) -> Result<()> {
    // Only Linux has this table; elsewhere the place is taken as it is.
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else { return Ok(()) };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    check_against(&mounts, &folder)
}

/// The check itself, over the text of proc(5)'s mountinfo and an absolute path without links.
///
/// # Errors
/// `config`, naming folder and file system.
pub(super) fn check_against(mounts: &str, folder: &Path) -> Result<()> {
    match file_system(mounts, folder) {
        Some(name) if NETWORK.contains(&name) => Err(Error::new(
            Kind::Config,
            format!(
                "the journal's folder {} is on a network drive ({name}), where locks and syncs cannot be trusted; \
                 put the journal on a local disk",
                folder.display()
            ),
        )),
        _ => Ok(()),
    }
}

/// The type of the file system that holds `folder`: of the longest mount point above it, the
/// last one mounted there.
fn file_system<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    mounts
        .lines()
        .filter_map(parse)
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.components().count())
        .map(|(_, name)| name)
}

/// Mount point and type of one line: `36 35 98:0 /root /mnt ro shared:1 - ext4 /dev/sda1 rw`.
fn parse(line: &str) -> Option<(PathBuf, &str)> {
    let (mount, file_system) = line.split_once(" - ")?;
    let point = mount.split(' ').nth(4)?;
    let name = file_system.split(' ').next()?;
    Some((PathBuf::from(unescape(point)), name))
}

/// mountinfo writes space, tab, newline and backslash as octal.
fn unescape(text: &str) -> String {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/till rw - nfs4 server:/till rw,vers=4.2
31 22 0:41 / /mnt/share rw - cifs //server/share rw
32 22 0:42 / /mnt/my\\040disk rw - fuse.sshfs user@host: rw
33 30 8:2 / /mnt/till/local rw - xfs /dev/sdb1 rw
34 22 0:43 / /home/martin rw - nfs server:/home rw
35 34 0:44 / /home/martin rw shared:9 master:2 - btrfs /dev/sdc rw
36 22 0:45 / /c rw - 9p drvfs rw
broken line
";

    #[test]
    fn a_network_drive_is_refused_and_a_local_one_is_not() {
        let cases = [
            ("/var/lib/till", None),
            ("/mnt", None),
            ("/mnt/till", Some("nfs4")),
            ("/mnt/till/a/b", Some("nfs4")),
            ("/mnt/till/local/a", None),
            ("/mnt/tills", None),
            ("/mnt/share/x", Some("cifs")),
            ("/mnt/my disk/x", Some("fuse.sshfs")),
            ("/home/martin", None),
            ("/c/till", Some("9p")),
        ];
        for (folder, refused) in cases {
            let result = check_against(MOUNTS, Path::new(folder));
            match (refused, result) {
                (None, result) => assert_eq!(result, Ok(()), "{folder}"),
                (Some(name), Err(error)) => {
                    assert_eq!(error.kind(), Kind::Config, "{folder}");
                    assert!(error.message().contains(&format!("({name})")), "{error}");
                    assert!(error.message().contains(folder), "{error}");
                }
                (Some(_), Ok(())) => panic!("{folder} was accepted"),
            }
        }
    }
}
