package org.partyline.api.json;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages.Outgoing;

/** An outgoing message, as in docs/schemas/types.json. */
public record OutgoingView(
        long id,
        String persona,
        boolean direct,
        String channel,
        String kind,
        String state,
        @Nullable Integer confirmations,
        @Nullable String reason,
        String queued,
        String expires,
        boolean burn,
        int textBytes,
        long feeSat,
        List<PartView> parts,
        String carrier) {
    /** In place of a text that may name the server's nodes and wallets. */
    static final String HIDDEN = "the operator of this server can see why";

    /** Returns what is shown of it. */
    public static OutgoingView of(Outgoing outgoing) {
        return new OutgoingView(
                outgoing.id(),
                outgoing.persona(),
                outgoing.direct(),
                outgoing.channel(),
                outgoing.kind(),
                outgoing.state().word(),
                JsonValues.orNull(outgoing.confirmations()),
                JsonValues.orNull(outgoing.reason()),
                JsonValues.iso(outgoing.queued()),
                JsonValues.iso(outgoing.expires()),
                outgoing.burn(),
                outgoing.textBytes(),
                outgoing.fee(),
                outgoing.parts().stream().map(PartView::of).toList(),
                outgoing.carrier().id());
    }

    /** The same for a reader who may not know the server's nodes and wallets. */
    public OutgoingView withoutServer() {
        return new OutgoingView(
                id,
                persona,
                direct,
                channel,
                kind,
                state,
                confirmations,
                reason == null ? null : HIDDEN,
                queued,
                expires,
                burn,
                textBytes,
                feeSat,
                parts.stream().map(PartView::withoutServer).toList(),
                carrier);
    }
}
