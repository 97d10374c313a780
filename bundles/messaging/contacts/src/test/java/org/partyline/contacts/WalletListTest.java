package org.partyline.contacts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.partyline.api.Network;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** The accounts of personas in the wallets, and their addresses. */
class WalletListTest {
    private static final Optional<String> ANY = Optional.empty();

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final ContactsBench server = new ContactsBench(clock);
    private final ContactsBench bob = new ContactsBench(clock);

    @BeforeEach
    void anAccountForBob() throws Exception {
        server.know(bob, "bob");
        server.contacts.setAccount(Optional.empty(), "bob", "apart");
    }

    @AfterEach
    void close() {
        server.close();
        bob.close();
    }

    private static void assertRefused(String why, Executable action) {
        assertEquals(why, assertThrows(NoSuchThingException.class, action).getMessage());
    }

    @Test
    void accountsAreThoseOfPersonasAndOfTheirContacts() throws Exception {
        assertEquals(List.of("", "p2"), server.wallets.accounts());
    }

    @Test
    void anAddressIsOfTheNamedWalletOrOfTheOnlyOne() throws Exception {
        assertRefused(
                "there is no wallet: give a node one (partyline:node-add --wallet)",
                () -> server.wallets.freshAddress(ANY, ANY, ANY));
        server.stage.nodes.add(network.node("a"));
        assertEquals("a", server.wallets.freshAddress(ANY, ANY, ANY).wallet());
        assertEquals("", server.wallets.freshAddress(ANY, ANY, ANY).account());
        assertEquals("alice", server.wallets.freshAddress(ANY, ANY, ANY).persona());
        server.stage.nodes.add(network.node("b"));
        assertRefused(
                "there are several wallets: name one with --wallet", () -> server.wallets.freshAddress(ANY, ANY, ANY));
        assertEquals(
                "b", server.wallets.freshAddress(ANY, Optional.of("b"), ANY).wallet());
        assertRefused(
                "there is no wallet 'c': see partyline:wallet-status",
                () -> server.wallets.freshAddress(ANY, Optional.of("c"), ANY));
    }

    @Test
    void anAccountThatDoesNotExistHasNoAddress() throws Exception {
        server.stage.nodes.add(network.node("a"));
        assertEquals(
                "apart",
                server.wallets.freshAddress(ANY, ANY, Optional.of("apart")).account());
        assertRefused(
                "persona 'alice' has no account 'other': create one with partyline:contact-set --account",
                () -> server.wallets.freshAddress(ANY, ANY, Optional.of("other")));
    }

    @Test
    void aWalletThatDoesNotAnswerIsListedWithItsReason() throws Exception {
        server.stage.nodes.addWallet((Wallet) Proxy.newProxyInstance(
                Wallet.class.getClassLoader(),
                new Class<?>[] {Wallet.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "name" -> "a";
                    case "network" -> Network.REGTEST;
                    default -> throw new NodeUnavailableException("a is not reachable");
                }));
        assertEquals(
                List.of(
                        new Holding("alice", "a", Network.REGTEST, Optional.empty(), "a is not reachable", ""),
                        new Holding("alice", "a", Network.REGTEST, Optional.empty(), "a is not reachable", "apart")),
                server.wallets.list());
    }
}
