package org.partyline.chat.live;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Faults;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.PassphraseStrength;
import org.partyline.chat.act.ChatEvent;
import org.partyline.chat.act.Effect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs effects one after another on a separate thread, so that keys are never delayed, and receives the engine's
 * events.
 */
final class EffectRunner implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EffectRunner.class);

    private static final long PATIENCE_MILLIS = 2000;

    private final Services services;
    private final ServiceCalls desk;
    private final Consumer<ChatEvent> events;
    private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final AtomicReference<Effect.Price> price = new AtomicReference<>();
    private final AtomicReference<Effect.Talks> talks = new AtomicReference<>();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final Thread thread = new Thread(this, "partyline-chat-desk");
    /** Waits for nodes, so that one that does not answer delays neither a lock nor other effects. */
    private final ExecutorService nodes = Executors.newSingleThreadExecutor(EffectRunner::daemon);
    /** The service that events are received from; null if there is none. */
    private @Nullable Messages followed;

    private AutoCloseable following = () -> {};
    private @Nullable AuditLog heard;
    private AutoCloseable hearing = () -> {};
    private @Nullable Nodes watched;
    private AutoCloseable watching = () -> {};
    private AutoCloseable attending = () -> {};

    /** @param events receives the results of effects, and the engine's events */
    EffectRunner(Services services, ServiceCalls desk, Consumer<ChatEvent> events) {
        this.services = services;
        this.desk = desk;
        this.events = events;
        thread.setDaemon(true);
    }

    private static Thread daemon(Runnable waiting) {
        Thread thread = new Thread(waiting, "partyline-chat-nodes");
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        attending = services.watch(this::look);
        thread.start();
    }

    /** Refreshes the status soon, once for any number of calls. */
    void look() {
        if (!looking.getAndSet(true)) {
            work.add(() -> {
                looking.set(false);
                follow();
                desk.perform(new Effect.Look());
            });
        }
    }

    /** Queues an effect. Of several prices, or lists, only the newest is requested. */
    void take(Effect wish) {
        if (wish instanceof Effect.Price newest) {
            if (price.getAndSet(newest) == null) {
                work.add(() -> desk.perform(price.getAndSet(null)));
            }
        } else if (wish instanceof Effect.Talks list) {
            if (talks.getAndSet(list) == null) {
                work.add(() -> desk.perform(talks.getAndSet(null)));
            }
        } else if (wish instanceof Effect.Look) {
            look();
        } else if (wish instanceof Effect.Lock) {
            lock();
        } else if (ServiceCalls.isAsked(wish)) {
            work.add(() -> desk.ask(wish, asked -> nodes.execute(() -> attempt(asked)), work::add));
        } else {
            work.add(() -> desk.perform(wish));
        }
    }

    /** Opens the store. @param passphrase wiped here */
    void unlock(char[] passphrase) {
        work.add(() -> {
            try {
                Vault vault =
                        services.vault().orElseThrow(() -> new PartylineException("the store service is not running"));
                vault.unlock(passphrase);
                // Rated as if the store were new, as it is after a duress passphrase. The rating service may keep the
                // array.
                Optional<PassphraseStrength> strength = services.strength();
                if (strength.isPresent()) {
                    strength.get().remember(strength.get().rate(passphrase).grade());
                }
            } catch (PartylineException | UnavailableException e) {
                events.accept(new ChatEvent.Told(String.valueOf(e.getMessage())));
            } finally {
                Arrays.fill(passphrase, '\0');
            }
        });
        look();
    }

    /** Locks the store after a long time without a key press. */
    private void lock() {
        work.add(() -> services.vault().ifPresent(Vault::lock));
        look();
    }

    /** A service that has returned is a new object. */
    private void follow() {
        Messages messages = services.messages().orElse(null);
        if (messages != followed) {
            end(following);
            followed = messages;
            following = messages == null
                    ? () -> {}
                    : messages.follow(
                            Messages.Query.ALL, event -> desk.event(event).ifPresent(this::heard));
        }
        AuditLog audit = services.audit().orElse(null);
        if (audit != heard) {
            end(hearing);
            heard = audit;
            hearing = audit == null ? () -> {} : audit.follow(entry -> look());
        }
        followNodes();
    }

    private void heard(ChatEvent event) {
        events.accept(event);
        if (event instanceof ChatEvent.Arrived arrived) {
            work.add(() -> desk.transcribe(arrived));
        }
    }

    private void followNodes() {
        Nodes nodes = services.nodes().orElse(null);
        if (nodes != watched) {
            end(watching);
            watched = nodes;
            watching = nodes == null ? () -> {} : nodes.follow(this::look);
        }
    }

    static void end(AutoCloseable subscription) {
        try {
            subscription.close();
        } catch (Exception e) {
            LOG.debug("A subscription could not be closed: {}", Faults.trace(e));
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                attempt(work.take());
            }
        } catch (InterruptedException e) {
            // The screen is closed.
            Thread.currentThread().interrupt();
        } finally {
            end(following);
            end(hearing);
            end(watching);
            desk.close();
        }
    }

    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            // A service that goes away during a call, or too little memory: the next action may succeed.
            LOG.warn("The chat could not run an action: {}", Faults.trace(e));
            events.accept(new ChatEvent.Told("internal error: see the log"));
        }
    }

    @Override
    public void close() {
        end(attending);
        // A recall that was requested goes on; nobody reads its result.
        nodes.shutdown();
        // After the last effects, such as saving a draft.
        work.add(thread::interrupt);
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
