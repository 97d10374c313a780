package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Sessions.Protection;

/**
 * A post-quantum key exchange in progress, as {@code --json} shows it.
 *
 * @param done packets of both sides that have left or arrived
 * @param packets in all
 */
public record ExchangeView(int done, int packets) {
    /** Null where none is under way. */
    public static @Nullable ExchangeView of(Protection protection) {
        return protection.isUnderWay() ? new ExchangeView(protection.done(), protection.packets()) : null;
    }
}
