//! Who is counted as one, and by what its address is vouched for.

use std::net::IpAddr;

use crate::config::Proto;

/// Whoever is counted as one: an IPv4 address, or an IPv6 /64, of which one house has all addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    V4(u32),
    V6(u64),
}

impl Source {
    pub(crate) fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.to_bits()),
            IpAddr::V6(v6) => {
                // The upper half of 128 bits fits.
                #[allow(clippy::cast_possible_truncation)]
                let house = (v6.to_bits() >> 64) as u64;
                Self::V6(house)
            }
        }
    }
}

/// How a message came. The source of a datagram can be forged; that of a stream has answered our SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    Datagram,
    Stream,
}

impl From<Proto> for Way {
    fn from(proto: Proto) -> Self {
        if proto.is_stream() {
            Self::Stream
        } else {
            Self::Datagram
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_is_one_source() {
        let of = |ip: &str| Source::of(ip.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
