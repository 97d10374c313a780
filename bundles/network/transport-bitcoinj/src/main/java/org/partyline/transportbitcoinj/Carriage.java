package org.partyline.transportbitcoinj;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;
import org.partyline.api.transport.RelayPolicy;

/**
 * Determines what data outputs a peer relays, which it does not report: from its software, and from what it showed.
 *
 * @param payload most bytes in one output
 * @param outputs most of them in a transaction
 * @param scriptBytes most bytes of all together
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
     * Of one peer.
     *
     * @param software what it calls itself
     * @param shown the most data of one output in what it showed before it was in a block
     */
    static Carriage of(String software, int shown) {
        OptionalInt version = P2pSettings.version(software);
        // Programs that are made from Bitcoin Core add their name: their rules are others.
        boolean core = version.isPresent() && software.indexOf('/', 1) == software.length() - 1;
        if (core && version.getAsInt() >= CORE_30) {
            return OF_CORE_30;
        }
        RelayPolicy safe = RelayPolicy.CONSERVATIVE;
        return shown <= safe.maxPayload()
                ? new Carriage(safe.maxPayload(), safe.maxOutputs(), safe.maxScriptBytes())
                : new Carriage(shown, 1, shown + LONG_SCRIPT_OVERHEAD);
    }

    /** What half of the peers carry. */
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
