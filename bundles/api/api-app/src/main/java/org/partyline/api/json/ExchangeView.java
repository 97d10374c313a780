package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Sessions.Protection;

/**
 * A post-quantum key exchange in progress, as {@code --json} shows it.
 *
 * @param done packets of both sides that have been sent or received
 * @param packets the total number
 */
public record ExchangeView(int done, int packets) {
    /** Null if none is under way. */
    public static @Nullable ExchangeView of(Protection protection) {
        return protection.isUnderWay() ? new ExchangeView(protection.done(), protection.packets()) : null;
    }
}
