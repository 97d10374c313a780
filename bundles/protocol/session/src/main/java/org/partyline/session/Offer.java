package org.partyline.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;

/**
 * Encodes the suites that a HANDSHAKE_INIT offers: one byte, bit a−1 for suite a (PROTOCOL 6). Bits of suites that are
 * unknown here, or that never seal, are ignored.
 *
 * @param bits as on the wire
 */
record Offer(byte bits) {
    /** @throws IllegalArgumentException if it is empty, or contains a suite that never seals or that has no bit */
    static Offer of(Set<AeadId> suites) {
        if (suites.isEmpty() || !suites.stream().allMatch(suite -> suite.seals() && hasBit(suite.code()))) {
            throw new IllegalArgumentException(
                    "a handshake must offer at least one suite, and only suites that seal: " + suites);
        }
        return new Offer(
                (byte) suites.stream().mapToInt(suite -> bit(suite.code())).sum());
    }

    /** Whether a suite may be used. */
    boolean contains(AeadId suite) {
        return suite.seals() && contains(suite.code());
    }

    /** Whether a suite's bit is set. */
    boolean contains(int code) {
        return hasBit(code) && (bits & bit(code)) != 0;
    }

    /**
     * The suite with the lowest code: the suite of the answer's packet.
     *
     * @param known known suites besides the protocol's own
     */
    AeadId lowest(Collection<AeadId> known) throws HandshakeRefusedException {
        return Stream.concat(AeadId.PROTOCOL.stream(), known.stream())
                .filter(this::contains)
                .min(Comparator.comparingInt(AeadId::code))
                .orElseThrow(() -> new HandshakeRefusedException("the handshake offers no usable suite"));
    }

    /** @param allowed in order of preference */
    AeadId choose(List<AeadId> allowed) throws HandshakeRefusedException {
        return allowed.stream()
                .filter(this::contains)
                .findFirst()
                .orElseThrow(() ->
                        new HandshakeRefusedException("the handshake offers only suites that are not allowed here: "
                                + AeadId.PROTOCOL.stream()
                                        .filter(suite -> contains(suite.code()))
                                        .map(AeadId::name)
                                        .collect(Collectors.joining(", "))));
    }

    private static boolean hasBit(int code) {
        return code >= 1 && code <= Handshakes.MOST_SUITE_CODE;
    }

    private static int bit(int code) {
        return 1 << code - 1;
    }
}
