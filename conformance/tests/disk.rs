//! The disk is full while a till sells: nothing is sent that cannot be written down, and what was signed before its
//! answer could be written is signed once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests")]

use fiskal::Fiskal;
use fiskal::error::Kind;
use fiskal_conformance::control::Control;
use fiskal_conformance::country::Country;
use fiskal_conformance::shop::Shop;
use fiskal_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A file system of 4 MiB.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this user may not mount one.
    fn mount() -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(SmallDisk(folder));
        }
        println!("skipped: 1 (no right to mount a small file system)");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes until nothing fits any more.
    fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).unwrap();
        for size in [4_096, 1] {
            while ballast.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn sale(country: Country, id: &str) -> Value {
    let (text, vat) = country.item();
    json!({
        "id": id, "register": "till-1", "number": id.to_uppercase(),
        "items": [{"text": text, "quantity": "1", "unit_price": "4.20", "vat": vat}],
        "payments": [{"method": "cash", "amount": "4.20"}],
    })
}

fn sell_on_a_full_disk(country: Country) {
    let Some(disk) = SmallDisk::mount() else { return };
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let control = Control::of(sandbox.url());
    let patch = json!({"journal": disk.path().join("fiskal.db")});
    let shop = Shop::from(country.config(), &sandbox, &patch).unwrap();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    fiskal.call("provision", &json!({})).unwrap();
    fiskal.call("sale.complete", &sale(country, "s-1")).unwrap();
    let before = control.booked().unwrap().len();

    disk.fill();
    let full = fiskal.call("sale.complete", &sale(country, "s-2")).unwrap_err();
    assert_eq!(full.kind(), Kind::Journal, "{full}");
    assert!(full.message().contains("the disk is full"), "{full}");
    assert_eq!(control.booked().unwrap().len(), before, "nothing was sent");
    disk.make_room();
    let sold = fiskal.call("sale.complete", &sale(country, "s-2")).unwrap();
    assert_eq!(sold["state"], "signed");

    // Room for the request, and none for the answer.
    let slow = json!({"match": country.bookings(), "fault": {"kind": "delay", "ms": 400}});
    control.plant(&slow).unwrap();
    std::thread::scope(|scope| {
        let selling = scope.spawn(|| fiskal.call("sale.complete", &sale(country, "s-3")));
        std::thread::sleep(Duration::from_millis(200));
        disk.fill();
        match selling.join().unwrap() {
            Ok(receipt) => assert_eq!(receipt["state"], "signed", "{receipt}"),
            Err(full) => assert_eq!(full.kind(), Kind::Journal, "{full}"),
        }
    });
    drop(fiskal);
    control.heal().unwrap();
    disk.make_room();
    let fiskal = Fiskal::open_file(shop.config()).unwrap();
    let last = fiskal.call("sale.complete", &sale(country, "s-3")).unwrap();
    assert_eq!((&last["state"], &last["verified"]), (&json!("signed"), &json!(["content", "chain"])));
    let booked = control.booked().unwrap();
    let times = |receipt: &Value| booked.iter().filter(|one| one["id"] == *country.id(receipt)).count();
    assert_eq!((times(&sold), times(&last)), (1, 1));
    let documents = |one: &&Value| one["number"].is_string() && one["type"] != "INITIALIZATION";
    assert_eq!(booked.iter().filter(documents).count(), 3, "three sales: {booked:?}");
    assert_eq!(fiskal.call("journal.verify", &json!({})).unwrap()["misfit"], Value::Null);
    assert_eq!(fiskal.call("sync", &json!({})).unwrap()["waiting"], 0);
}

#[test]
fn france() {
    sell_on_a_full_disk(Country::Fr);
}

#[test]
fn italy() {
    sell_on_a_full_disk(Country::It);
}

#[test]
fn austria() {
    sell_on_a_full_disk(Country::At);
}
