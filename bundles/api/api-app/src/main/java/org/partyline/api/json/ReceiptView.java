package org.partyline.api.json;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.State;

/** A message that was stored to be sent, as {@code send --json} prints it. */
public record ReceiptView(
        long id,
        int packets,
        int bytes,
        @Nullable Long estimatedFeeSat,
        @Nullable Long marginSat,
        @Nullable Long openingFeeSat,
        String leaves,
        @Nullable String waits,
        List<String> warnings,
        String state,
        @Nullable Long feeSat,
        List<String> transactions) {
    /**
     * Returns what is shown of it.
     *
     * @param left its state after the caller waited for it to leave; empty if the caller did not wait
     */
    public static ReceiptView of(Receipt receipt, Optional<Outgoing> left) {
        return queued(receipt).with(left);
    }

    /** Without names of personas and channels, and without transactions. */
    public ReceiptView bare() {
        return with(null, List.of(), List.of());
    }

    /** The same for a reader who may not know the server's nodes and wallets. */
    public ReceiptView withoutServer() {
        return with(waits == null ? null : OutgoingView.HIDDEN, warnings, transactions);
    }

    private ReceiptView with(@Nullable String newWaits, List<String> newWarnings, List<String> newTransactions) {
        return new ReceiptView(
                id,
                packets,
                bytes,
                estimatedFeeSat,
                marginSat,
                openingFeeSat,
                leaves,
                newWaits,
                newWarnings,
                state,
                feeSat,
                newTransactions);
    }

    private static ReceiptView queued(Receipt receipt) {
        return new ReceiptView(
                receipt.id(),
                receipt.packets(),
                receipt.bytes(),
                receipt.estimatedFee().orElse(null),
                receipt.estimatedFee().isPresent() ? receipt.margin() : null,
                receipt.openingFee().orElse(null),
                JsonValues.iso(receipt.leaves()),
                JsonValues.orNull(receipt.waits()),
                receipt.warnings(),
                State.QUEUED.word(),
                null,
                List.of());
    }

    /** The same, with its delivery. @param left empty: the caller did not wait */
    public ReceiptView with(Optional<Outgoing> left) {
        return left.isEmpty()
                ? this
                : new ReceiptView(
                        id,
                        packets,
                        bytes,
                        estimatedFeeSat,
                        marginSat,
                        openingFeeSat,
                        leaves,
                        waits,
                        warnings,
                        left.get().state().word(),
                        left.get().fee(),
                        left.get().parts().stream()
                                .flatMap(part -> part.transaction().stream())
                                .map(Object::toString)
                                .toList());
    }
}
