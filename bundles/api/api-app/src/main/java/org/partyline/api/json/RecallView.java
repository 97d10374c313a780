package org.partyline.api.json;

import org.partyline.api.engine.Messages.Recalled;

/**
 * How far a recall succeeded, as in docs/schemas/recall.json.
 *
 * @param feeSat the difference between the fees of the replacements and those of what they replaced
 */
public record RecallView(OutgoingView message, int replaced, int mined, long feeSat) {
    /** Returns what is shown of it. */
    public static RecallView of(Recalled recalled) {
        return new RecallView(
                OutgoingView.of(recalled.outgoing()), recalled.replaced(), recalled.mined(), recalled.fee());
    }

    /** The same for a reader who may not know the server's nodes and wallets. */
    public RecallView withoutServer() {
        return new RecallView(message.withoutServer(), replaced, mined, feeSat);
    }
}
