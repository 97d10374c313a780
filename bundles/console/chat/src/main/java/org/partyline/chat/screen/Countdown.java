package org.partyline.chat.screen;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Messages;
import org.partyline.chat.model.DeliveryState;
import org.partyline.chat.model.Line;
import org.partyline.chat.model.State;

/** Finds the next time at which the screen changes by itself because a remaining lifetime or wait gets shorter. */
public final class Countdown {
    private Countdown() {}

    /** Returns how long until then; empty if no time is counting down. */
    public static Optional<Duration> until(State state) {
        if (state.isLocked()) {
            return Optional.empty();
        }
        Duration least = null;
        for (Line line : state.history().loaded().values()) {
            if (line.expires().isPresent()) {
                least = shorter(
                        least, Duration.between(state.now(), line.expires().get()));
            }
        }
        int first = Scroll.first(state);
        for (int position = first; position < state.history().bottom(); position++) {
            Optional<Line> line = state.history().at(position);
            if (line.isPresent()) {
                least = shown(line.get(), state.now(), least);
            }
        }
        return Optional.ofNullable(least);
    }

    private static @Nullable Duration shown(Line line, Instant now, @Nullable Duration least) {
        Duration soonest = least;
        if (line.expires().isPresent()) {
            Duration left = Duration.between(now, line.expires().get());
            Duration rest = left.minus(Phrases.step(left).multipliedBy(left.dividedBy(Phrases.step(left))));
            soonest = shorter(soonest, rest.isZero() ? Phrases.step(left) : rest);
        }
        if (line.delivery()
                .map(DeliveryState::state)
                .filter(Messages.State.QUEUED::equals)
                .isPresent()) {
            Duration waited = Duration.between(line.delivery().get().queued(), now);
            Duration step = Phrases.step(waited.plusMillis(1));
            soonest = shorter(
                    soonest,
                    step.minus(waited.minus(step.multipliedBy(waited.dividedBy(step))))
                            .plusMillis(1));
        }
        return soonest;
    }

    private static Duration shorter(@Nullable Duration one, Duration other) {
        Duration least = one == null || other.compareTo(one) < 0 ? other : one;
        return least.isNegative() ? Duration.ZERO : least;
    }
}
