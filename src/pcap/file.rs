//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng).

use std::net::Ipv4Addr;

use super::comment::without_divider;
use super::frame::hardware_address;
use crate::time::SimTime;

/// The types of blocks.
const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

/// What tells readers the order of bytes: the lowest first.
const BYTE_ORDER: u32 = 0x1A2B_3C4D;
const VERSION: [u16; 2] = [1, 0];
/// A section whose length is not known before.
const OPEN: i64 = -1;
/// LINKTYPE_ETHERNET.
const ETHERNET: u16 = 1;

/// Options: of all blocks, of the section, of an interface, of a packet.
const COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_DESCRIPTION: u16 = 3;
const IF_MACADDR: u16 = 6;
const IF_TSRESOL: u16 = 9;
const EPB_FLAGS: u16 = 2;

/// Times are in nanoseconds: if_tsresol is the power of ten.
const NANOSECONDS: u8 = 9;
/// No packet is cut; what tcpdump writes for that.
const SNAPLEN: u32 = 262_144;

/// Which way a packet crosses the interface, by the numbers of epb_flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Inbound = 1,
    Outbound = 2,
}

/// A packet that is seen on an interface.
#[derive(Debug)]
pub struct Picture {
    pub at: SimTime,
    /// The host that has the interface.
    pub host: u16,
    /// Its address.
    pub address: Ipv4Addr,
    pub is_server: bool,
    pub direction: Direction,
    pub bytes: Vec<u8>,
    pub comment: String,
}

/// A file that is being written, in memory.
pub struct File {
    bytes: Vec<u8>,
    is_loopback: bool,
    /// The hosts whose interface is described already; their place is its number.
    interfaces: Vec<u16>,
    packets: u64,
}

impl File {
    /// A file with one section.
    pub fn new(comment: &str, is_loopback: bool) -> File {
        let mut file = File { bytes: Vec::new(), is_loopback, interfaces: Vec::new(), packets: 0 };
        let [major, minor] = VERSION.map(u16::to_le_bytes);
        let fixed = [&BYTE_ORDER.to_le_bytes()[..], &major, &minor, &OPEN.to_le_bytes()];
        let version = concat!("ConnLab ", env!("CARGO_PKG_VERSION"));
        let options = [(COMMENT, comment.as_bytes()), (SHB_USERAPPL, version.as_bytes())];
        file.block(SECTION_HEADER, &fixed, &options);
        file
    }

    /// The bytes since the last call.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// How many packets have been written.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// One packet more; its interface is described before its first one.
    pub fn write(&mut self, picture: Picture) {
        let at = picture.at.as_nanos();
        let length = picture.bytes.len() as u32;
        let numbers = [self.interface(&picture), (at >> 32) as u32, at as u32, length, length].map(u32::to_le_bytes);
        let flags = (picture.direction as u32).to_le_bytes();
        let comment = without_divider(&picture.comment);
        let options = [(EPB_FLAGS, &flags[..]), (COMMENT, comment.as_bytes())];
        self.block(ENHANCED_PACKET, &[numbers.as_flattened(), &picture.bytes], &options);
        self.packets += 1;
    }

    fn interface(&mut self, picture: &Picture) -> u32 {
        // On loopback all hosts are one.
        let host = if self.is_loopback { 0 } else { picture.host };
        if let Some(place) = self.interfaces.iter().position(|known| *known == host) {
            return place as u32;
        }
        let (name, what) = match (self.is_loopback, picture.is_server) {
            (true, _) => ("lo".to_string(), "loopback".to_string()),
            (false, true) => ("server".into(), format!("the server, {}", picture.address)),
            (false, false) => {
                (format!("client-{}", host + 1), format!("client host {}, {}", host + 1, picture.address))
            }
        };
        let fixed = [&ETHERNET.to_le_bytes()[..], &[0; 2], &SNAPLEN.to_le_bytes()];
        let options = [
            (IF_NAME, name.as_bytes()),
            (IF_DESCRIPTION, what.as_bytes()),
            (IF_MACADDR, &hardware_address(picture.address)),
            (IF_TSRESOL, &[NANOSECONDS]),
        ];
        self.block(INTERFACE_DESCRIPTION, &fixed, &options);
        self.interfaces.push(host);
        self.interfaces.len() as u32 - 1
    }

    /// A block: its type and length, what it always has, what it may have, its length again. Empty options are left
    /// out.
    fn block(&mut self, kind: u32, fixed: &[&[u8]], options: &[(u16, &[u8])]) {
        let begin = self.bytes.len();
        self.bytes.extend(kind.to_le_bytes());
        // Its length, which is known at its end.
        self.bytes.extend([0; 4]);
        fixed.iter().for_each(|part| self.bytes.extend(*part));
        self.pad();
        for (code, value) in options.iter().filter(|(_, value)| !value.is_empty()) {
            let value = &value[..value.len().min(usize::from(u16::MAX))];
            self.bytes.extend(code.to_le_bytes());
            self.bytes.extend((value.len() as u16).to_le_bytes());
            self.bytes.extend(value);
            self.pad();
        }
        // The end of options.
        self.bytes.extend([0; 4]);
        let length = ((self.bytes.len() - begin + 4) as u32).to_le_bytes();
        self.bytes[begin + 4..begin + 8].copy_from_slice(&length);
        self.bytes.extend(length);
    }

    /// Everything begins at a multiple of four bytes.
    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}
