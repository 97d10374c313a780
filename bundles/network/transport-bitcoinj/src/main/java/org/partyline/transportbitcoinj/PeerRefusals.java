package org.partyline.transportbitcoinj;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.partyline.api.transport.TransactionRejectedException.Reason;

/** Parses the text of a peer's rejection of a transaction. */
final class PeerRefusals {
    private static final Map<String, Reason> WORDS = new LinkedHashMap<>();

    static {
        for (String words : new String[] {"missing", "spent", "conflict"}) {
            WORDS.put(words, Reason.INPUTS_GONE);
        }
        for (String words : new String[] {"fee", "priority", "mempool full"}) {
            WORDS.put(words, Reason.FEE_TOO_LOW);
        }
        for (String words : new String[] {"mempool-chain", "cluster", "ancestor", "replacements"}) {
            WORDS.put(words, Reason.CHAIN_TOO_LONG);
        }
        for (String words :
                new String[] {"standard", "scriptpubkey", "datacarrier", "dust", "op-return", "tx-size", "version"}) {
            WORDS.put(words, Reason.NOT_STANDARD);
        }
    }

    private PeerRefusals() {}

    /** Whether it was rejected because it is already known. */
    static boolean known(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return lower.contains("already") || lower.contains("same-nonwitness");
    }

    /** The reason that the text expresses. */
    static Reason reason(String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return WORDS.entrySet().stream()
                .filter(each -> lower.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Reason.OTHER);
    }
}
