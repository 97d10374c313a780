package org.partyline.shell.hook;

import org.jspecify.annotations.Nullable;
import org.partyline.api.hooks.Hook;
import org.partyline.api.json.JsonValues;

record HookView(
        String id,
        String name,
        String target,
        String state,
        long waiting,
        String created,
        @Nullable String lastDelivered,
        int attempts,
        @Nullable String failure,
        @Nullable String nextAttempt) {
    static HookView of(Hook hook) {
        return new HookView(
                hook.id(),
                hook.name(),
                hook.target(),
                hook.state().word(),
                hook.waiting(),
                JsonValues.iso(hook.created()),
                JsonValues.iso(hook.lastDelivered()),
                hook.attempts(),
                hook.failure().orElse(null),
                JsonValues.iso(hook.nextAttempt()));
    }
}
