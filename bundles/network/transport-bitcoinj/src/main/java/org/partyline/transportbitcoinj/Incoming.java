package org.partyline.transportbitcoinj;

import java.util.List;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.RawBlock;
import org.partyline.bitcointx.TxView;

/** What a peer says, read and checked for its form. */
sealed interface Incoming {
    /** It has transactions, or blocks. */
    record Announced(List<TxId> transactions, List<TxId> blocks) implements Incoming {}

    /** A transaction. */
    record Transaction(TxView transaction) implements Incoming {}

    /** A block. */
    record Block(RawBlock block) implements Incoming {}

    /** Headers, each after the one before it. */
    record Headers(List<Header> headers) implements Incoming {}

    /** It does not have them. */
    record NotFound(List<TxId> transactions, List<TxId> blocks) implements Incoming {}

    /** It asks for transactions. */
    record Asks(List<TxId> transactions) implements Incoming {}

    /** It does not take what pays less. @param satPerKvb for 1,000 virtual bytes */
    record FeeFilter(long satPerKvb) implements Incoming {}

    /** It refuses a transaction (BIP61; Bitcoin Core says nothing since 0.20). */
    record Refuses(TxId id, String reason) implements Incoming {}
}
