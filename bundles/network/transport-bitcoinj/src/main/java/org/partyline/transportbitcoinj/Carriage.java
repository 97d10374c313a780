package org.partyline.transportbitcoinj;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.partyline.api.transport.RelayPolicy;

/**
 * Determines which data outputs a peer relays, which it does not report: from its software, and from transactions that
 * it showed.
 *
 * @param payload the maximum number of bytes in one output
 * @param outputs the maximum number of outputs in a transaction
 * @param scriptBytes the maximum total size of their scripts
 */
record Carriage(int payload, int outputs, int scriptBytes) {
    /** Bitcoin Core's {@code -datacarriersize} from version 30 on; it counts all outputs together. */
    private static final int CORE_30_BYTES = 100_000;

    private static final int CORE_30 = 300_000;
    /** OP_RETURN, and a push of more than 255 bytes. */
    private static final int LONG_SCRIPT_OVERHEAD = 4;

    private static final Carriage OF_CORE_30 =
            new Carriage(CORE_30_BYTES - LONG_SCRIPT_OVERHEAD, CORE_30_BYTES / 3, CORE_30_BYTES);

    /**
     * The limits of one peer.
     *
     * @param software its user agent
     * @param shown the largest data of one output that it showed before it was mined
     */
    static Carriage of(String software, int shown) {
        OptionalInt version = P2pSettings.version(software);
        // Derivatives of Bitcoin Core append their own name, and have other rules.
        boolean core = version.isPresent() && software.indexOf('/', 1) == software.length() - 1;
        if (core && version.getAsInt() >= CORE_30) {
            return OF_CORE_30;
        }
        RelayPolicy safe = RelayPolicy.CONSERVATIVE;
        return shown <= safe.maxPayload()
                ? new Carriage(safe.maxPayload(), safe.maxOutputs(), safe.maxScriptBytes())
                : new Carriage(shown, 1, shown + LONG_SCRIPT_OVERHEAD);
    }

    /** The limits that half of the peers support. */
    static Carriage ofHalf(List<Carriage> peers) {
        return new Carriage(
                middle(peers, Carriage::payload),
                middle(peers, Carriage::outputs),
                middle(peers, Carriage::scriptBytes));
    }

    private static int middle(List<Carriage> peers, ToIntFunction<Carriage> what) {
        return peers.stream()
                .map(what::applyAsInt)
                .sorted(Comparator.reverseOrder())
                .skip((peers.size() - 1) / 2)
                .findFirst()
                .orElseThrow();
    }
}
