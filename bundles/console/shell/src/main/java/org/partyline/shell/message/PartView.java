package org.partyline.shell.message;

import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.Part;
import org.partyline.api.json.JsonValues;

record PartView(int bytes, String state, String transaction, Integer vsize, Long feeSat, String node) {
    static PartView of(Part part) {
        return new PartView(
                part.bytes(),
                part.state().word(),
                part.transaction().map(TxId::toString).orElse(null),
                part.transaction().isPresent() ? part.vsize() : null,
                part.transaction().isPresent() ? part.fee() : null,
                JsonValues.orNull(part.node()));
    }
}
