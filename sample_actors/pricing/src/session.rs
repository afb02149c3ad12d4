//! A session: a timer that checks the prices a few times and then ends by itself.

use crate::entry::{export, Arguments};
use crate::host::{clear_interval, log, now, set_interval};
use crate::types::{Pricing, Session, Ticks};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;
use packr_guest::Value;

const CHECKS: Ticks = 3;

export!("sample:pricing/pricing.open-session", open_session);

fn open_session(pricing: &mut Pricing, arguments: &mut Arguments) -> Result<Value, String> {
    let interval = arguments.next()?;
    open(pricing, interval).map(Value::from)
}

/// Opens a session that checks each `interval` milliseconds, and answers its name.
fn open(pricing: &mut Pricing, interval: u64) -> Result<String, String> {
    if !pricing.session.name.is_empty() {
        return Err(format!("{} is open already", pricing.session.name));
    }
    let count = pricing.session.count + 1;
    let name = set_interval(format!("session-{count}"), interval)?;
    let opened = now();
    let named = if cfg!(feature = "other-answer") { &pricing.desk } else { &name };
    log(format!("{named} open since {opened}"));
    pricing.session = Session { count, name: name.clone(), opened, ticks: 0 };
    Ok(name)
}

export!("theater:simple/timer.handle-tick", handle_tick);

fn handle_tick(pricing: &mut Pricing, _arguments: &mut Arguments) -> Result<Value, String> {
    check(pricing)?;
    Ok(Value::Tuple(Vec::new()))
}

fn check(pricing: &mut Pricing) -> Result<(), String> {
    pricing.session.ticks += 1;
    let Session { name, opened, ticks, .. } = &pricing.session;
    log(format!("check {ticks} in {name} at {}, open since {opened}", now()));
    if *ticks == CHECKS {
        close(pricing)?;
    }
    Ok(())
}

export!("sample:pricing/pricing.close-session", close_session);

fn close_session(pricing: &mut Pricing, _arguments: &mut Arguments) -> Result<Value, String> {
    if pricing.session.name.is_empty() {
        return Err(String::from("no session is open"));
    }
    close(pricing)?;
    Ok(Value::from(pricing.session.ticks as u32))
}

fn close(pricing: &mut Pricing) -> Result<(), String> {
    let name = mem::take(&mut pricing.session.name);
    clear_interval(name.clone())?;
    log(format!("{name} closed"));
    if cfg!(feature = "extra-last") {
        log(String::from("the desk is quiet"));
    }
    Ok(())
}
