package org.partyline.hooks;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.hooks.Hook;

/**
 * A stored hook. Its consumer of the log stores its position.
 *
 * @param privately for a web hook: whether its address may be in a private network
 * @param secret for a web hook: the key that signs its requests; null: it is a program
 * @param created in milliseconds since 1970, like the other times
 * @param lastDelivered 0: never
 * @param failed the number in the log of the event whose delivery failed last; 0: none did, or it was accepted since
 * @param attempts the number of failed deliveries of that event
 * @param failure why the last delivery failed; null: it did not, or there was none
 * @param nextAttempt 0: at once
 */
record HookRecord(
        String id,
        String name,
        String target,
        boolean privately,
        @Nullable String secret,
        long created,
        long lastDelivered,
        long failed,
        int attempts,
        @Nullable String failure,
        long nextAttempt,
        boolean disabled) {
    /** The pauses before each further attempt, a day in total. */
    static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(2),
            Duration.ofHours(4),
            Duration.ofHours(8),
            Duration.ofHours(8));

    private static final Duration LONGEST_PAUSE = PAUSES.get(PAUSES.size() - 1);

    static HookRecord program(String id, String name, String target, Instant now) {
        return new HookRecord(id, name, target, false, null, now.toEpochMilli(), 0, 0, 0, null, 0, false);
    }

    static HookRecord web(String id, String name, String target, boolean privately, String secret, Instant now) {
        return new HookRecord(id, name, target, privately, secret, now.toEpochMilli(), 0, 0, 0, null, 0, false);
    }

    HookRecord delivered(Instant now) {
        return new HookRecord(id, name, target, privately, secret, created, now.toEpochMilli(), 0, 0, null, 0, false);
    }

    /** @param event its number in the log; its attempts begin anew if the event that failed before is gone */
    HookRecord failed(long event, String why, Instant now) {
        int before = event == failed ? attempts : 0;
        boolean last = before >= PAUSES.size();
        return new HookRecord(
                id,
                name,
                target,
                privately,
                secret,
                created,
                lastDelivered,
                event,
                before + 1,
                why,
                last ? 0 : now.plus(PAUSES.get(before)).toEpochMilli(),
                last);
    }

    /** To be tried at once. @param forgiven whether to reset the failures */
    HookRecord again(boolean forgiven) {
        return new HookRecord(
                id,
                name,
                target,
                privately,
                secret,
                created,
                lastDelivered,
                forgiven ? 0 : failed,
                0,
                forgiven ? null : failure,
                0,
                false);
    }

    /** Also if it would wait longer than possible, because the clock was set back. */
    boolean isDue(Instant now) {
        long left = nextAttempt - now.toEpochMilli();
        return !disabled && (left <= 0 || left > LONGEST_PAUSE.toMillis());
    }

    Hook hook(long waiting) {
        return new Hook(
                id,
                name,
                target,
                disabled ? Hook.State.DISABLED : failure == null ? Hook.State.ACTIVE : Hook.State.FAILING,
                waiting,
                Instant.ofEpochMilli(created),
                time(lastDelivered),
                attempts,
                Optional.ofNullable(failure),
                disabled ? Optional.empty() : time(nextAttempt));
    }

    private static Optional<Instant> time(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    /** Does not show the secret. */
    @Override
    public String toString() {
        return "HookRecord[" + id + "]";
    }
}
