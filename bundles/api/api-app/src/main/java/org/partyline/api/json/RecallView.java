package org.partyline.api.json;

import org.partyline.api.engine.Messages.Recalled;

/**
 * How far a recall succeeded, as in docs/schemas/recall.json.
 *
 * @param feeSat what the replacements cost more than what they replaced
 */
public record RecallView(OutgoingView message, int replaced, int mined, long feeSat) {
    /** What is shown of it. */
    public static RecallView of(Recalled recalled) {
        return new RecallView(
                OutgoingView.of(recalled.outgoing()), recalled.replaced(), recalled.mined(), recalled.fee());
    }
}
