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
}
