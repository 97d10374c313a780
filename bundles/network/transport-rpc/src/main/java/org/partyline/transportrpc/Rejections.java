package org.partyline.transportrpc;

import java.util.List;
import java.util.Locale;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;

/** Parses the text of a node's rejection of a transaction. */
final class Rejections {
    private static final List<String> KNOWN =
            List.of("txn-already-in-mempool", "txn-already-known", "txn-same-nonwitness-data-in-mempool");
    private static final List<String> INPUTS = List.of(
            "missingorspent",
            "missing-inputs",
            "txn-mempool-conflict",
            "bad-txns-inputs-spent",
            "spends-conflicting-tx");
    private static final List<String> FEE = List.of(
            "min relay fee not met",
            "mempool min fee not met",
            "insufficient fee",
            "insufficient priority",
            "replacement-failed",
            "mempool full");
    private static final List<String> CHAIN =
            List.of("too-long-mempool-chain", "too-large-cluster", "too many potential replacements");
    private static final List<String> FORM = List.of(
            "scriptpubkey",
            "datacarrier",
            "dust",
            "multi-op-return",
            "bare-multisig",
            "tx-size",
            "scriptsig-",
            "version");

    private Rejections() {}

    /** Whether the rejection means that the node already has the transaction, so that nothing is left to do. */
    static boolean known(RpcException error) {
        return error.code() == RpcException.ALREADY_IN_CHAIN
                || error.code() == RpcException.REJECTED && contains(KNOWN, error.getMessage());
    }

    static TransactionRejectedException of(String node, RpcException error) {
        return new TransactionRejectedException(
                reason(error.getMessage()), "node " + node + " rejected the transaction: " + error.getMessage());
    }

    /** @param words {@code sendrawtransaction}'s error or {@code testmempoolaccept}'s reason */
    static Reason reason(String words) {
        if (contains(INPUTS, words)) {
            return Reason.INPUTS_GONE;
        }
        if (contains(FEE, words)) {
            return Reason.FEE_TOO_LOW;
        }
        if (contains(CHAIN, words)) {
            return Reason.CHAIN_TOO_LONG;
        }
        return contains(FORM, words) ? Reason.NOT_STANDARD : Reason.OTHER;
    }

    private static boolean contains(List<String> parts, String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        return parts.stream().anyMatch(lower::contains);
    }
}
