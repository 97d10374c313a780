package org.partyline.hooks;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events;
import org.partyline.api.hooks.Hook;
import org.partyline.api.hooks.Hooks;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreLockedException;
import org.partyline.api.store.StoreTransaction;

/** Adds, lists and removes hooks. */
final class HookList implements Hooks {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
    private static final int ID_BYTES = 8;

    private final Supplier<Store> store;
    private final Supplier<Events> events;
    private final Clock clock;
    private final SecureRandom random;
    private final BiConsumer<String, String> audit;
    private final Runnable wake;

    /**
     * @param store returns null while it is unavailable, like events
     * @param audit records an event with its detail
     * @param wake triggers a check of all hooks
     */
    HookList(
            Supplier<Store> store,
            Supplier<Events> events,
            Clock clock,
            SecureRandom random,
            BiConsumer<String, String> audit,
            Runnable wake) {
        this.store = store;
        this.events = events;
        this.clock = clock;
        this.random = random;
        this.audit = audit;
        this.wake = wake;
    }

    @Override
    public Hook addProgram(String name, Path program) throws PartylineException {
        ProgramFile.check(program);
        return add(HookRecord.program(id(), name, program.toString(), clock.instant()), "starts a program");
    }

    @Override
    public Created addUrl(String name, URI url, boolean privately) throws PartylineException {
        WebAddress.of(url, privately);
        String secret = Signature.secret(random);
        HookRecord record = HookRecord.web(id(), name, url.toString(), privately, secret, clock.instant());
        return new Created(add(record, "posts to an address"), secret);
    }

    private String id() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private Hook add(HookRecord record, String does) throws PartylineException {
        if (!NAME.matcher(record.name()).matches()) {
            throw new PartylineException(
                    "a hook's name has 1 to 32 letters, digits, dots, underscores and hyphens, and "
                            + "begins with a letter or a digit: choose another");
        }
        Store open = open();
        // Before the hook exists, so that it begins with events from now on.
        log().acknowledge(HookRunner.OWNER, record.id(), log().newest());
        try {
            open.<Void, PartylineException>transact(tx -> store(tx, record));
        } catch (PartylineException e) {
            log().forget(HookRunner.OWNER, record.id());
            throw e;
        }
        audit.accept("hook-added", "hook " + record.id() + " " + does + " for each event");
        wake.run();
        return shown(record);
    }

    private static Void store(StoreTransaction tx, HookRecord record) throws PartylineException {
        List<HookRecord> all = HookRecords.all(tx);
        if (all.stream().anyMatch(one -> one.name().equals(record.name()))) {
            throw new PartylineException("there is a hook '" + record.name()
                    + "' already: choose another name, or remove it with " + "partyline:hook-remove " + record.name());
        }
        if (all.size() >= MOST) {
            throw new PartylineException("there are " + MOST + " hooks: remove some with partyline:hook-remove");
        }
        HookRecords.put(tx, record);
        return null;
    }

    @Override
    public List<Hook> list() throws PartylineException {
        List<Hook> hooks = new ArrayList<>();
        for (HookRecord one : open().<List<HookRecord>, PartylineException>transact(HookRecords::all)) {
            hooks.add(shown(one));
        }
        return hooks;
    }

    @Override
    public Hook remove(String name) throws PartylineException {
        HookRecord record = open().<HookRecord, PartylineException>transact(tx -> {
            HookRecord found = named(HookRecords.all(tx), name);
            HookRecords.delete(tx, found.id());
            return found;
        });
        log().forget(HookRunner.OWNER, record.id());
        audit.accept("hook-removed", "hook " + record.id());
        return shown(record);
    }

    @Override
    public Hook redeliver(String name, boolean skip) throws PartylineException {
        Store open = open();
        HookRecord waiting = named(open.<List<HookRecord>, PartylineException>transact(HookRecords::all), name);
        if (waiting.failure() == null) {
            throw new PartylineException("no event of the hook '" + name + "' has failed: see partyline:hook-list");
        }
        if (skip) {
            // Not the next one of the log: the event that failed may have expired meanwhile.
            log().acknowledge(HookRunner.OWNER, waiting.id(), waiting.failed());
            audit.accept("hook-skipped", "hook " + waiting.id());
        }
        HookRecord again = open.<HookRecord, PartylineException>transact(tx -> {
            HookRecord now = named(HookRecords.all(tx), name).again(skip);
            HookRecords.put(tx, now);
            return now;
        });
        wake.run();
        return shown(again);
    }

    private static HookRecord named(List<HookRecord> hooks, String name) throws PartylineException {
        return hooks.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new PartylineException("there is no hook of that name: see partyline:hook-list"));
    }

    private Hook shown(HookRecord record) throws PartylineException {
        return record.hook(Math.max(0, log().newest() - log().acknowledged(HookRunner.OWNER, record.id())));
    }

    private Events log() throws PartylineException {
        Events log = events.get();
        if (log == null) {
            throw new StoreException("the event service is not running: try again shortly");
        }
        return log;
    }

    private Store open() throws PartylineException {
        Store known = store.get();
        if (known == null) {
            throw new StoreException("the store service is not running: try again shortly");
        }
        Store.State state = known.state();
        if (state != Store.State.OPEN) {
            throw StoreLockedException.of(state);
        }
        return known;
    }
}
