//! Plain data as bytes, from one part of this program to another one of the same build: what a worker sends.
//!
//! A type lists its parts once, for both ways. No crate for it is as light: the page would be a twentieth heavier with
//! derived code for each type and each way.

use crate::sim::error::{ERRORS, ErrorKind};
use crate::time::{SimDuration, SimTime};

/// Data that can be written as bytes and read from them.
pub trait Parts: Sized {
    /// Some value, to be read into.
    fn any() -> Self;
    /// Writes each part, or reads it.
    fn pass(&mut self, bytes: &mut Bytes);
}

/// Bytes that are written, or read from the beginning.
pub struct Bytes {
    bytes: Vec<u8>,
    /// While they are read, the next one.
    at: Option<usize>,
    is_short: bool,
}

/// The bytes of this data.
pub fn written(data: &mut impl Parts) -> Vec<u8> {
    let mut bytes = Bytes { bytes: Vec::new(), at: None, is_short: false };
    data.pass(&mut bytes);
    bytes.bytes
}

/// The data of these bytes; `None` if they are not those of such data, as far as that can be seen.
pub fn read<T: Parts>(bytes: &[u8]) -> Option<T> {
    let mut bytes = Bytes { bytes: bytes.into(), at: Some(0), is_short: false };
    let mut data = T::any();
    data.pass(&mut bytes);
    (!bytes.is_short && bytes.at == Some(bytes.bytes.len())).then_some(data)
}

impl Bytes {
    /// Writes this number and returns it, or returns the one that is read: seven bits a byte, the lowest first.
    #[inline(never)]
    fn number(&mut self, number: u64) -> u64 {
        let Some(mut at) = self.at else {
            let mut left = number;
            while left > 0x7F {
                self.bytes.push(left as u8 | 0x80);
                left >>= 7;
            }
            self.bytes.push(left as u8);
            return number;
        };
        let (mut read, mut shift) = (0, 0);
        loop {
            let Some(byte) = self.bytes.get(at).copied().filter(|_| shift < 64) else {
                self.is_short = true;
                return 0;
            };
            at += 1;
            read |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                self.at = Some(at);
                return read;
            }
        }
    }
}

/// Numbers of any size.
macro_rules! numbers {
    ($($Number:ty)+) => {$(
        impl Parts for $Number {
            fn any() -> Self {
                0
            }
            fn pass(&mut self, bytes: &mut Bytes) {
                *self = bytes.number((*self).into()) as $Number;
            }
        }
    )+};
}

numbers! { u8 u16 u32 u64 }

/// What another part stands for.
macro_rules! as_numbers {
    ($($Type:ty: $any:expr, $to:expr, $from:expr;)+) => {$(
        impl Parts for $Type {
            fn any() -> Self {
                $any
            }
            fn pass(&mut self, bytes: &mut Bytes) {
                *self = $from(bytes.number($to(*self)));
            }
        }
    )+};
}

as_numbers! {
    bool: false, u64::from, |number| number != 0;
    f64: 0.0, f64::to_bits, f64::from_bits;
    SimTime: SimTime::ZERO, SimTime::as_nanos, SimTime::from_nanos;
    SimDuration: SimDuration::ZERO, SimDuration::as_nanos, SimDuration::from_nanos;
    ErrorKind: ERRORS[0].kind, |kind| kind as u64, |number| ERRORS[(number as usize).min(ERRORS.len() - 1)].kind;
}

impl Parts for u128 {
    fn any() -> Self {
        0
    }
    fn pass(&mut self, bytes: &mut Bytes) {
        let high = bytes.number((*self >> 64) as u64);
        *self = u128::from(high) << 64 | u128::from(bytes.number(*self as u64));
    }
}

impl<T: Parts> Parts for Option<T> {
    fn any() -> Self {
        None
    }
    fn pass(&mut self, bytes: &mut Bytes) {
        let is_some = bytes.number(self.is_some().into()) != 0;
        if is_some {
            self.get_or_insert_with(T::any).pass(bytes);
        }
    }
}

impl<T: Parts> Parts for Vec<T> {
    fn any() -> Self {
        Vec::new()
    }
    fn pass(&mut self, bytes: &mut Bytes) {
        let length = bytes.number(self.len() as u64);
        let mut at = 0;
        while at < length as usize && !bytes.is_short {
            if at == self.len() {
                self.push(T::any());
            }
            self[at].pass(bytes);
            at += 1;
        }
    }
}

impl Parts for String {
    fn any() -> Self {
        String::new()
    }
    fn pass(&mut self, bytes: &mut Bytes) {
        let mut text = std::mem::take(self).into_bytes();
        text.pass(bytes);
        *self = String::from_utf8(text).unwrap_or_default();
    }
}

impl<T: Parts> Parts for [T; 2] {
    fn any() -> Self {
        [T::any(), T::any()]
    }
    fn pass(&mut self, bytes: &mut Bytes) {
        self.iter_mut().for_each(|part| part.pass(bytes));
    }
}

/// A type that has all of these fields, and perhaps others that are not among the bytes and have this value instead.
macro_rules! parts {
    ($($Type:ident { $($field:ident),+ $(; $left_out:ident: $any:expr)* })+) => {$(
        impl $crate::bytes::Parts for $Type {
            #[inline]
            fn any() -> Self {
                $Type { $($field: $crate::bytes::Parts::any(),)+ $($left_out: $any,)* }
            }
            #[inline]
            fn pass(&mut self, bytes: &mut $crate::bytes::Bytes) {
                let $Type { $($field,)+ $($left_out: _,)* } = self;
                $($field.pass(bytes);)+
            }
        }
    )+};
}
pub(crate) use parts;

macro_rules! tuples {
    ($(($($Part:ident $part:ident),+))+) => {$(
        impl<$($Part: Parts),+> Parts for ($($Part,)+) {
            fn any() -> Self {
                ($($Part::any(),)+)
            }
            fn pass(&mut self, bytes: &mut Bytes) {
                let ($($part,)+) = self;
                $($part.pass(bytes);)+
            }
        }
    )+};
}

tuples! { (A a, B b) (A a, B b, C c, D d) }
