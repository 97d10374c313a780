package org.partyline.itests.network;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.Person;
import org.partyline.itests.harness.RegtestNode;

/**
 * One node, with Alice's and Bob's servers, for all tests of a class: each server is a process with a separate home.
 * Alice's is notified of transactions by ZMQ, Bob's polls. Every test uses its own channels.
 */
final class Stage implements AutoCloseable {
    /** The passphrase of every channel. */
    static final String PASSPHRASE = "correct horse battery staple";

    /** The default of Bitcoin Core 30 and later; our servers still use 80 bytes per packet. */
    private static final int DATA_CARRIER = 100_000;

    private static final int COINS = 60;
    private static final long SAT_PER_COIN = 50_000;

    /** The coins of a further persona. */
    static final int PERSON_COINS = 30;

    /** The satoshi of each. */
    static final long PERSON_SAT = 20_000;

    private final RegtestNode node;
    private final Operator alice;
    private final Operator bob;

    private Stage() {
        node = RegtestNode.start(true, DATA_CARRIER);
        alice = newServer("Alice", "zmq=" + node.zmq());
        bob = newServer("Bob", "zmq=none", "poll-interval=200ms");
    }

    /** Creates a server with a store, a persona, coins and the node. */
    Operator newServer(String nickname, String... nodeSettings) {
        Operator operator = newServer(nickname);
        operator.addNode(node, nickname.toLowerCase(Locale.ROOT), nodeSettings);
        return operator;
    }

    /** Creates a server with a store, a persona and coins at the node, to which the node was not added yet. */
    Operator newServer(String nickname) {
        String name = nickname.toLowerCase(Locale.ROOT);
        node.createWallet(name, COINS, SAT_PER_COIN);
        Operator operator = new Operator(PartylineServer.create(name).start());
        operator.setUp(nickname);
        return operator;
    }

    /** Creates a persona with coins on Alice's server. */
    Person onAlices(String name) {
        return Person.create(alice, name).fund(node, "alice", PERSON_COINS, PERSON_SAT);
    }

    /** Creates a persona with coins on Bob's server. */
    Person onBobs(String name) {
        return Person.create(bob, name).fund(node, "bob", PERSON_COINS, PERSON_SAT);
    }

    /** Creates a persona with coins on each server. @param about distinguishes their names from those of other tests */
    Pair pair(String about) {
        return new Pair(onAlices("a " + about), onBobs("b " + about));
    }

    RegtestNode node() {
        return node;
    }

    Operator alice() {
        return alice;
    }

    Operator bob() {
        return bob;
    }

    @Override
    public void close() {
        for (AutoCloseable each : List.of(alice.server(), bob.server(), node)) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Starts servers that a failed test left stopped. */
    private void restore() {
        for (Operator each : List.of(alice, bob)) {
            if (!each.server().isRunning()) {
                restart(each);
            }
        }
    }

    /** Starts a server that was stopped, and waits for its node. */
    static void restart(Operator operator) {
        operator.server().start();
        operator.unlock();
        operator.awaitNode("ready");
    }

    /**
     * Gives each class its own stage; after a failed test, its servers are running for the next one. For {@code
     * @ExtendWith}.
     */
    static final class Resolver implements ParameterResolver, AfterEachCallback {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return stage(context);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            if (context.getExecutionException().isPresent()) {
                stage(context).restore();
            }
        }

        private static Stage stage(ExtensionContext context) {
            ExtensionContext ofClass = context;
            while (ofClass.getTestMethod().isPresent()) {
                ofClass = ofClass.getParent().orElseThrow();
            }
            Object made = ofClass.getStore(Namespace.create(Stage.class)).computeIfAbsent(Stage.class, key -> setUp());
            return ((Made) made).stage();
        }

        /** The result of setting it up: one failure is enough, and later tests do not wait for it again. */
        private record Made(Optional<Stage> set, Optional<RuntimeException> failure) implements AutoCloseable {
            Stage stage() {
                return set.orElseThrow(failure::orElseThrow);
            }

            @Override
            public void close() {
                set.ifPresent(Stage::close);
            }
        }

        private static Made setUp() {
            Function<RuntimeException, Made> failed = e -> new Made(Optional.empty(), Optional.of(e));
            try {
                return new Made(Optional.of(new Stage()), Optional.empty());
            } catch (RuntimeException e) {
                return failed.apply(e);
            }
        }
    }
}
