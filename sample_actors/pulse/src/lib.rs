//! An actor to watch without typing: a timer drives it, and it keeps account of how late each tick comes.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const TIMER: &str = "pulse";
const INTERVAL: u64 = 500;
const SHORTEST: u64 = 10;
const LONGEST: u64 = 60_000;
const WINDOW: usize = 8;
const SUMMARY_EVERY: u32 = 5;
const COST_EVERY: u32 = 8;

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Reading {
    tick: u32,
    /// Milliseconds since 1970.
    at: u64,
    /// Milliseconds by which the time since the last tick is longer than the interval.
    drift: i64,
}

/// Drifts of a window of readings, in milliseconds; all 0 for an empty one.
#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Spread {
    min: i64,
    max: i64,
    mean: f64,
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Pulse {
    /// Milliseconds.
    interval: u64,
    running: bool,
    ticks: u32,
    /// The last readings, oldest first; empty again after a pause, which is no drift.
    window: Vec<Reading>,
    spread: Spread,
}

#[import(module = "theater:simple/runtime")]
fn log(message: String);

#[import(module = "theater:simple/timer", name = "set-interval")]
fn set_interval(name: String, interval: u64) -> Result<String, String>;

#[import(module = "theater:simple/timer", name = "clear-interval")]
fn clear_interval(name: String) -> Result<(), String>;

#[import(module = "theater:simple/timer")]
fn now() -> u64;

/// Starts the timer with the milliseconds the initial state spells, 500 without one.
#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(state: Value) -> Result<(Pulse, ()), String> {
    let interval = match state {
        Value::String(text) => interval_from(&text)?,
        _ => INTERVAL,
    };
    set_interval(String::from(TIMER), interval)?;
    log(format!("a tick every {interval} ms"));
    let pulse = Pulse { interval, running: true, ticks: 0, window: Vec::new(), spread: spread_of(&[]) };
    Ok((pulse, ()))
}

#[export(name = "theater:simple/timer.handle-tick", state = "Pulse")]
fn handle_tick(state: Pulse, name: String) -> Result<(Pulse, ()), String> {
    if name != TIMER {
        return Err(format!("no timer of this actor is called \"{name}\""));
    }
    let at = now();
    let mut pulse = state;
    pulse.ticks += 1;
    let drift = match pulse.window.last() {
        Some(last) => at as i64 - last.at as i64 - pulse.interval as i64,
        None => 0,
    };
    if pulse.window.len() == WINDOW {
        pulse.window.remove(0);
    }
    pulse.window.push(Reading { tick: pulse.ticks, at, drift });
    pulse.spread = spread_of(&pulse.window);
    log(format!("tick {}: {}", pulse.ticks, in_words(drift)));
    if pulse.ticks % SUMMARY_EVERY == 0 {
        let Spread { min, max, mean } = pulse.spread;
        let readings = pulse.window.len();
        log(format!("last {readings} ticks: {min} to {max} ms, mean {mean:.2} ms"));
    }
    if pulse.ticks % COST_EVERY == 0 {
        log(format!("{} ms spent in tick {}", now().saturating_sub(at), pulse.ticks));
    }
    Ok((pulse, ()))
}

#[export(name = "sample:pulse/pulse.pause", state = "Pulse")]
fn pause(state: Pulse) -> Result<(Pulse, ()), String> {
    clear_interval(String::from(TIMER))?;
    log(format!("paused after tick {}", state.ticks));
    Ok((Pulse { running: false, ..state }, ()))
}

#[export(name = "sample:pulse/pulse.resume", state = "Pulse")]
fn resume(state: Pulse) -> Result<(Pulse, ()), String> {
    set_interval(String::from(TIMER), state.interval)?;
    log(format!("resumed after tick {}", state.ticks));
    Ok((Pulse { running: true, window: Vec::new(), spread: spread_of(&[]), ..state }, ()))
}

#[export(name = "sample:pulse/pulse.get-spread", state = "Pulse")]
fn get_spread(state: Pulse) -> Result<(Pulse, Spread), String> {
    let spread = state.spread.clone();
    Ok((state, spread))
}

fn interval_from(text: &str) -> Result<u64, String> {
    match text.trim().parse() {
        Ok(interval) if (SHORTEST..=LONGEST).contains(&interval) => Ok(interval),
        _ => Err(format!(
            "the initial state \"{text}\" is not a number of milliseconds from {SHORTEST} to {LONGEST}"
        )),
    }
}

fn spread_of(window: &[Reading]) -> Spread {
    let drifts = || window.iter().map(|reading| reading.drift);
    Spread {
        min: drifts().min().unwrap_or(0),
        max: drifts().max().unwrap_or(0),
        mean: drifts().sum::<i64>() as f64 / window.len().max(1) as f64,
    }
}

fn in_words(drift: i64) -> String {
    match drift {
        0 => String::from("on time"),
        1.. => format!("{drift} ms late"),
        _ => format!("{} ms early", -drift),
    }
}
