package org.partyline.shell.message;

import java.util.List;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.Message;
import org.partyline.shell.output.JsonValues;

record MessageView(
        long id,
        String persona,
        boolean direct,
        String channel,
        String direction,
        String sender,
        boolean legacy,
        boolean burn,
        String text,
        String sent,
        String arrived,
        String expires,
        Integer sequence,
        List<String> transactions,
        Integer block,
        String state,
        boolean notice,
        String signedBy,
        String receiver) {
    static MessageView of(Message message) {
        return new MessageView(
                message.id(),
                message.persona(),
                message.direct(),
                message.channel(),
                message.outgoing() ? "out" : "in",
                JsonValues.orNull(message.sender()),
                message.legacy(),
                message.burn(),
                message.text().orElse(null),
                JsonValues.iso(message.sent()),
                JsonValues.iso(message.arrived()),
                JsonValues.iso(message.expires()),
                message.sequence().isPresent() ? message.sequence().getAsInt() : null,
                message.transactions().stream().map(TxId::toString).toList(),
                message.block().isPresent() ? message.block().getAsInt() : null,
                message.state().map(JsonValues::word).orElse(null),
                message.notice(),
                message.signedBy().orElse(null),
                message.receiver().orElse(null));
    }
}
