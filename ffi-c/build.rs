//! Gives libfiskal.so the name under which programs find it when they run. Its number changes when a
//! program that was linked with an older library could no longer run.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libfiskal.so.0");
    }
}
