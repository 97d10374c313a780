package org.partyline.shell.testing;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.hooks.Hook;
import org.partyline.api.hooks.Hooks;

/** Hooks in memory: one that works, and one that fails. */
public final class FakeHooks implements Hooks {
    public final List<Hook> all = new ArrayList<>(List.of(
            hook("alert", "/usr/local/bin/alert", Hook.State.ACTIVE, Optional.empty()),
            hook("bridge", "/opt/bridge", Hook.State.FAILING, Optional.of("the program exited with status 3"))));
    public boolean skipped;

    private static Hook hook(String name, String target, Hook.State state, Optional<String> failure) {
        return new Hook(
                "0123456789abcdef",
                name,
                target,
                state,
                failure.isPresent() ? 4 : 0,
                Samples.NOW,
                failure.isPresent() ? Optional.empty() : Optional.of(Samples.NOW),
                failure.isPresent() ? 2 : 0,
                failure,
                state == Hook.State.FAILING ? Optional.of(Samples.NOW.plusSeconds(30)) : Optional.empty());
    }

    /** Simulates that the second one has been retried for a day. */
    public void giveUp() {
        all.set(1, hook("bridge", "/opt/bridge", Hook.State.DISABLED, all.get(1).failure()));
    }

    @Override
    public Hook addProgram(String name, Path program) {
        Hook hook = hook(name, program.toString(), Hook.State.ACTIVE, Optional.empty());
        all.add(hook);
        return hook;
    }

    @Override
    public Created addUrl(String name, URI url, boolean privately) {
        Hook hook = hook(name, url + (privately ? " privately" : ""), Hook.State.ACTIVE, Optional.empty());
        all.add(hook);
        return new Created(hook, "whsec_" + "A".repeat(43) + "=");
    }

    @Override
    public List<Hook> list() {
        return all;
    }

    @Override
    public Hook remove(String name) throws PartylineException {
        Hook hook = named(name);
        all.remove(hook);
        return hook;
    }

    @Override
    public Hook redeliver(String name, boolean skip) throws PartylineException {
        skipped = skip;
        return named(name);
    }

    private Hook named(String name) throws PartylineException {
        return all.stream()
                .filter(hook -> hook.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new PartylineException("there is no hook of that name: see partyline:hook-list"));
    }
}
