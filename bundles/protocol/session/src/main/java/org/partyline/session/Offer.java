package org.partyline.session;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.session.HandshakeRefusedException;

/**
 * The suites that a HANDSHAKE_INIT offers: one byte, bit a−1 for suite a (PROTOCOL 6). Bits of suites that are not known here, or
 * that never seal, mean nothing.
 *
 * @param bits as on the wire
 */
record Offer(byte bits) {
    /** @throws IllegalArgumentException when it is empty, or holds a suite that never seals */
    static Offer of(Set<AeadId> suites) {
        if (suites.isEmpty() || !suites.stream().allMatch(AeadId::seals)) {
            throw new IllegalArgumentException(
                    "a handshake offers at least one suite, and none that cannot seal: " + suites);
        }
        return new Offer((byte) suites.stream().mapToInt(Offer::bit).sum());
    }

    /** Whether a suite may be used. */
    boolean contains(AeadId suite) {
        return suite.seals() && (bits & bit(suite)) != 0;
    }

    /** The one with the lowest id: the suite of the answer's packet. */
    AeadId lowest() throws HandshakeRefusedException {
        // The constants stand in the order of their ids.
        return Arrays.stream(AeadId.values())
                .filter(this::contains)
                .findFirst()
                .orElseThrow(() -> new HandshakeRefusedException("the handshake offers no suite that could be used"));
    }

    /** @param allowed preferred first */
    AeadId choose(List<AeadId> allowed) throws HandshakeRefusedException {
        return allowed.stream()
                .filter(this::contains)
                .findFirst()
                .orElseThrow(() ->
                        new HandshakeRefusedException("the handshake offers only suites that are not allowed here: "
                                + Arrays.stream(AeadId.values())
                                        .filter(suite -> (bits & bit(suite)) != 0)
                                        .map(AeadId::name)
                                        .collect(Collectors.joining(", "))));
    }

    private static int bit(AeadId suite) {
        return 1 << suite.code() - 1;
    }
}
