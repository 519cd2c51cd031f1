//! A till that is killed while it sells.
