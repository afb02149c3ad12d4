//! Whether a value is of a declared type. What is sure is told; what is not is left to the twin.

use crate::bytes;
use crate::cgrf::{name_end, word, Nodes, ARRAY, LIST, OPTION, RECORD, RESULT, TUPLE, VARIANT};

const ANY: u32 = 0;
const SCALAR: u32 = 1;
const LISTS: u32 = 2;
const OPTIONS: u32 = 3;
const RESULTS: u32 = 4;
const TUPLES: u32 = 5;
const RECORDS: u32 = 6;
const VARIANTS: u32 = 7;
const NOTHING: u32 = u32::MAX;

/// A declared type: what it is, and the kind of its nodes, or its parts by their numbers, or where and how many those are.
#[repr(C)]
pub struct Type {
    form: u32,
    one: u32,
    other: u32,
}

/// A field or a case: its name, and the number of its type, or NOTHING for a case that holds nothing.
#[repr(C)]
struct Part {
    name: u32,
    size: u32,
    held: u32,
}

#[derive(Clone, Copy)]
pub struct Types {
    pub first: u32,
}

impl Types {
    unsafe fn at(&self, number: u32) -> &Type {
        &*(self.first as *const Type).add(number as usize)
    }

    /// Whether a type is that of any value.
    pub unsafe fn is_any(&self, number: u32) -> bool {
        self.at(number).form == ANY
    }

    /// Whether the value of a walked node is surely of a type.
    pub unsafe fn fits(&self, nodes: &Nodes, node: usize, number: u32) -> bool {
        let declared = self.at(number);
        let (kind, count) = (nodes.kind(node), nodes.count(node));
        match declared.form {
            ANY => true,
            SCALAR => kind as u32 == declared.one,
            LISTS if kind == ARRAY => self.holds(nodes.payload(node), declared.one),
            LISTS => kind == LIST && (0..count).all(|at| self.fits(nodes, nodes.child(node, at), declared.one)),
            OPTIONS => kind == OPTION && (count == 0 || self.fits(nodes, nodes.child(node, 0), declared.one)),
            RESULTS => kind == RESULT && {
                let payload = nodes.payload(node);
                let is_ok = word(payload, payload.len() - 9) == 0;
                self.fits(nodes, nodes.child(node, 0), if is_ok { declared.one } else { declared.other })
            },
            TUPLES => {
                let items = declared.one as *const u32;
                let same = kind == TUPLE && count == declared.other as usize;
                same && (0..count).all(|at| self.fits(nodes, nodes.child(node, at), *items.add(at)))
            }
            RECORDS => kind == RECORD && self.record(nodes, node, declared).is_some(),
            VARIANTS => kind == VARIANT && self.variant(nodes, node, declared).is_some(),
            _ => false,
        }
    }

    /// Whether the elements of an array are of a type.
    unsafe fn holds(&self, array: &[u8], number: u32) -> bool {
        let declared = self.at(number);
        word(array, 1) == 0 || declared.form == ANY || (declared.form == SCALAR && declared.one == array[0] as u32)
    }

    /// All of its fields, in the order in which they are declared.
    unsafe fn record(&self, nodes: &Nodes, node: usize, declared: &Type) -> Option<()> {
        let payload = nodes.payload(node);
        let mut at = name_end(payload, 0)? + 4;
        if nodes.count(node) != declared.other as usize {
            return None;
        }
        for field in 0..nodes.count(node) {
            let part = &*(declared.one as *const Part).add(field);
            let end = name_end(payload, at)?;
            if &payload[at + 4..end] != bytes(part.name as usize, part.size as usize) {
                return None;
            }
            if !self.fits(nodes, nodes.child(node, field), part.held) {
                return None;
            }
            at = end;
        }
        Some(())
    }

    unsafe fn variant(&self, nodes: &Nodes, node: usize, declared: &Type) -> Option<()> {
        let payload = nodes.payload(node);
        let at = name_end(payload, 0)?;
        let case = &payload[at + 4..name_end(payload, at)?];
        let cases = declared.one as *const Part;
        let found = (0..declared.other as usize).find(|&each| {
            let part = &*cases.add(each);
            case == bytes(part.name as usize, part.size as usize)
        })?;
        let held = (*cases.add(found)).held;
        let fits = match nodes.count(node) {
            0 => held == NOTHING,
            1 => held != NOTHING && self.fits(nodes, nodes.child(node, 0), held),
            _ => false,
        };
        if fits { Some(()) } else { None }
    }
}
