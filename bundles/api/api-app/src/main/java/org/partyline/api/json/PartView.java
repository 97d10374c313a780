package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.Part;

/** One packet of an outgoing message, as in docs/schemas/types.json. */
public record PartView(
        int bytes,
        String state,
        @Nullable String transaction,
        @Nullable Integer vsize,
        @Nullable Long feeSat,
        @Nullable String node) {
    /** Returns what is shown of it. */
    public static PartView of(Part part) {
        return new PartView(
                part.bytes(),
                part.state().word(),
                part.transaction().map(TxId::toString).orElse(null),
                part.transaction().isPresent() ? part.vsize() : null,
                part.transaction().isPresent() ? part.fee() : null,
                JsonValues.orNull(part.node()));
    }

    PartView withoutServer() {
        return new PartView(bytes, state, transaction, vsize, feeSat, null);
    }
}
