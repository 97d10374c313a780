package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Cover;

/**
 * A persona's cover traffic as {@code --json} shows it.
 *
 * @param running whether packets leave at points now
 * @param problem why not, although it was started; null if none
 */
public record CoverView(
        String persona,
        boolean running,
        @Nullable String problem,
        long meanMs,
        long budgetSat,
        long spentSat,
        @Nullable String next,
        long messages,
        long decoys) {
    /** @param status as the engine reports it */
    public static CoverView of(Cover.Status status) {
        return new CoverView(
                status.persona(),
                status.running(),
                JsonValues.orNull(status.problem()),
                status.mean().toMillis(),
                status.budget(),
                status.spent(),
                JsonValues.iso(status.next()),
                status.messages(),
                status.decoys());
    }
}
