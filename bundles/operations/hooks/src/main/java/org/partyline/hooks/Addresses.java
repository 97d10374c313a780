package org.partyline.hooks;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Distinguishes internet addresses from those of private networks, which a hook must not reach by accident. */
final class Addresses {
    private static final int BYTE = 0xff;

    private Addresses() {}

    /**
     * Whether an address belongs to this machine, to a private network, or otherwise not to the internet (RFC 6890).
     */
    static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet4Address
                        ? isReserved4(address.getAddress())
                        : isReserved6(address.getAddress()));
    }

    private static boolean isReserved4(byte[] part) {
        int first = part[0] & BYTE;
        int second = part[1] & BYTE;
        return first == 0
                || first == 100 && (second & 0xc0) == 64
                || first == 192 && second == 0 && part[2] == 0
                || first == 198 && (second & 0xfe) == 18
                || first >= 240;
    }

    /** Outside of 2000::/3, or an address that represents an IPv4 address: 6to4, Teredo. */
    private static boolean isReserved6(byte[] part) {
        return (part[0] & 0xe0) != 0x20
                || (part[0] & BYTE) == 0x20 && part[1] == 0x02
                || (part[0] & BYTE) == 0x20 && part[1] == 0x01 && part[2] == 0 && part[3] == 0;
    }
}
