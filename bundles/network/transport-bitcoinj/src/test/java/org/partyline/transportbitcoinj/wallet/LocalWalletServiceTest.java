package org.partyline.transportbitcoinj.wallet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.transport.InsufficientFundsException;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.MemoryStore;

class LocalWalletServiceTest {
    private static final char[] WORDS =
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
                    .toCharArray();

    private final HandSetClock clock = new HandSetClock(Payments.block(100).time());
    private final List<Transport> nodes = new ArrayList<>();
    private final List<Wallet> offered = new ArrayList<>();
    private MemoryStore store = MemoryStore.open();
    private LocalWalletService service = start(store);

    private LocalWalletService start(MemoryStore on) {
        return new LocalWalletService(on, clock, new SecureRandom(), WalletSettings.DEFAULTS, nodes, wallet -> {
            offered.add(wallet);
            return () -> offered.remove(wallet);
        });
    }

    private FakeNode node(String name) {
        FakeNode node = new FakeNode(name);
        nodes.add(node);
        return node;
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 15, 18, 21, 24})
    void aNewWalletHasItsWordsAndIsRestoredFromThem(int count) throws WalletException {
        char[] words = service.create(Network.REGTEST, count);
        String address = ((LocalWallet) offered.get(0)).freshAddress("");
        assertEquals(count, new String(words).split(" ").length);
        assertArrayEquals(words, service.words(Network.REGTEST));

        MemoryStore other = MemoryStore.open();
        LocalWalletService second = start(other);
        second.restore(Network.REGTEST, words, Optional.empty());

        assertEquals(address, ((LocalWallet) offered.get(1)).freshAddress(""));
    }

    /** Otherwise the empty store would reveal that the erased one had a wallet. */
    @Test
    void aWalletOfAnErasedStoreIsGoneAfterADuressUnlock() throws Exception {
        char[] duress = "another passphrase".toCharArray();
        store.setDuress(MemoryStore.PASSPHRASE.toCharArray(), duress);
        FakeNode node = node("home");
        node.block(7);
        char[] words = service.create(Network.REGTEST, 12);
        service.tick();
        Wallet erased = offered.get(0);
        store.lock();
        service.forget();
        store.unlock(duress);
        long before = store.writes();

        assertEquals(List.of(), service.list());
        assertEquals(List.of(), offered);
        service.tick();
        node.block(8);
        assertThrows(WalletException.class, () -> erased.freshAddress(""));
        assertEquals(before, store.writes(), "nothing of it is stored");
        assertFalse(Arrays.equals(words, service.create(Network.REGTEST, 12)));
    }

    @Test
    void twoNewWalletsAreNotTheSame() throws WalletException {
        char[] first = service.create(Network.REGTEST, 12);

        assertNotEquals(new String(first), new String(service.create(Network.SIGNET, 12)));
        assertEquals(
                List.of("local", "local-signet"),
                offered.stream().map(Wallet::name).toList());
    }

    @Test
    void aSecondWalletOnANetworkIsRefusedAndTheFirstStays() throws WalletException {
        char[] words = service.create(Network.REGTEST, 12);

        assertThrows(WalletException.class, () -> service.create(Network.REGTEST, 12));
        assertThrows(WalletException.class, () -> service.restore(Network.REGTEST, WORDS.clone(), Optional.empty()));
        assertArrayEquals(words, service.words(Network.REGTEST));
    }

    @Test
    void aNewWalletFollowsFromTheTipAndARestoredOneFromTheBeginning() throws WalletException {
        FakeNode node = node("home");
        service.create(Network.REGTEST, 12);
        service.tick();
        assertEquals(Optional.of(Payments.block(0)), node.watches().get(0).since());

        nodes.clear();
        FakeNode other = node("other");
        LocalWalletService second = start(MemoryStore.open());
        second.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        second.tick();
        assertEquals(0, other.watches().get(0).since().orElseThrow().height());
    }

    /** A node does not report an existing block to a new follower. */
    @Test
    void whatPaysANewWalletBeforeItFollowsANodeIsNotMissed() throws WalletException {
        FakeNode node = node("home");
        node.block(7);
        service.create(Network.REGTEST, 12);
        ((LocalWallet) offered.get(0)).freshAddress("");
        // Mined at once, before the next tick.
        node.block(8);
        service.tick();
        assertEquals(Optional.of(Payments.block(7)), node.watches().get(0).since());
    }

    @Test
    void aWalletThatWasMadeWithoutANodeLooksBackToThatTime() throws WalletException {
        service.create(Network.REGTEST, 12);
        FakeNode node = node("home");
        node.block(90);
        service.tick();
        // On regtest, blocks may have any times, so it begins with the first.
        assertEquals(0, node.watches().get(0).since().orElseThrow().height());
    }

    @Test
    void aRestoredWalletLooksForTheAccountsThatPersonasHaveHoweverManyBeforeThemAreEmpty() throws Exception {
        service.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        String address = ((LocalWallet) offered.get(0)).freshAddress("p9");

        nodes.clear();
        FakeNode other = node("other");
        LocalWalletService second = start(MemoryStore.open());
        second.restore(Network.REGTEST, WORDS.clone(), Optional.empty(), List.of("", "p9"));
        second.tick();
        other.block(1, Payments.to(1, address, 70_000));

        assertEquals(70_000, offered.get(1).status("p9").confirmed());
    }

    @Test
    void progressIsShown() throws WalletException {
        FakeNode node = node("home");
        service.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        assertFalse(service.list().get(0).upToDate());
        service.tick();
        node.block(1);
        node.block(2);

        assertEquals(
                List.of(new LocalWallets.Progress("local", Network.REGTEST, Optional.of("home"), 0, 2, 2)),
                service.list());
        assertTrue(service.list().get(0).upToDate());
    }

    @Test
    void anotherNodeIsFollowedWhenTheFirstDoesNotAnswer() throws WalletException {
        FakeNode first = node("first");
        FakeNode second = node("second");
        service.create(Network.REGTEST, 12);
        service.tick();
        first.block(7);
        assertEquals(1, first.watches().size());
        first.state(NodeStatus.State.UNREACHABLE);

        service.tick();
        assertEquals(1, first.watches().size());
        clock.set(clock.instant().plus(Duration.ofSeconds(61)));
        service.tick();

        assertEquals(0, first.watches().size());
        assertEquals(Optional.of(Payments.block(7)), second.watches().get(0).since());
    }

    @Test
    void asManyUnconfirmedPaymentsHangTogetherAsEveryNodeAccepts() throws Exception {
        FakeNode newer = node("newer");
        newer.policy(clusters(64));
        service.create(Network.REGTEST, 12);
        service.tick();
        newer.block(1, Payments.to(1, wallet().freshAddress(""), 700_000));
        for (int i = 0; i < 30; i++) {
            newer.watches().get(0).listener().transaction(pay().raw(), Optional.empty());
        }

        node("older");
        service.tick();

        assertThrows(InsufficientFundsException.class, this::pay);
    }

    private static RelayPolicy clusters(int most) {
        RelayPolicy all = RelayPolicy.CONSERVATIVE;
        return new RelayPolicy(
                all.maxPayload(),
                all.maxOutputs(),
                all.maxScriptBytes(),
                all.minRelayFee(),
                all.incrementalFee(),
                most);
    }

    private Wallet wallet() {
        return offered.get(0);
    }

    private SignedTransaction pay() throws Exception {
        return wallet().pay("", List.of(new byte[80]), new FeeRate(1000));
    }

    @Test
    void anotherNodeIsFollowedWhenTheFirstIsTakenAway() throws WalletException {
        FakeNode first = node("first");
        service.create(Network.REGTEST, 12);
        service.tick();
        FakeNode second = node("second");
        nodes.remove(first);

        service.tick();

        assertEquals(0, first.watches().size());
        assertEquals(1, second.watches().size());
    }

    @Test
    void aLockedStoreStopsTheWalletAndAnOpenOneStartsItWhereItWas() throws Exception {
        FakeNode node = node("home");
        service.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        service.tick();
        String address = ((LocalWallet) offered.get(0)).freshAddress("");
        node.block(1, Payments.to(1, address, 70_000));
        store.lock();
        service.tick();

        assertEquals(0, node.watches().size());
        assertThrows(WalletException.class, () -> service.words(Network.REGTEST));
        assertThrows(WalletException.class, service::list);

        store.unlock(MemoryStore.PASSPHRASE.toCharArray());
        service.tick();
        assertEquals(Optional.of(Payments.block(1)), node.watches().get(0).since());
        assertEquals(70_000, ((LocalWallet) offered.get(0)).status("").confirmed());
        assertEquals(1, offered.size());
    }

    @Test
    void afterAKillEverythingIsThereAgain() throws Exception {
        FakeNode node = node("home");
        service.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        service.tick();
        String address = ((LocalWallet) offered.get(0)).freshAddress("");
        service.label(Network.REGTEST, address, "rent");
        node.block(1, Payments.to(1, address, 70_000));

        LocalWalletService again = start(store.copyAndOpen());
        again.tick();

        assertEquals(70_000, offered.get(1).status("").confirmed());
        assertEquals(Map.of(address, "rent"), again.labels(Network.REGTEST));
        assertEquals(Optional.of(Payments.block(1)), node.watches().get(1).since());
    }

    @Test
    void aWalletThatFailedIsToldAgainFromWhereItStood() throws WalletException {
        FakeNode node = node("home");
        service.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        service.tick();
        LocalWallet wallet = (LocalWallet) offered.get(0);
        String address = wallet.freshAddress("");
        node.block(1);
        store.failCommits(Integer.MAX_VALUE);
        byte[] payment = Payments.to(1, address, 70_000);
        assertThrows(IllegalStateException.class, () -> node.block(2, payment));
        store.failCommits(0);

        service.tick();

        assertEquals(1, node.watches().size());
        // The last stored position.
        assertEquals(0, node.watches().get(0).since().orElseThrow().height());
        node.block(1);
        node.block(2, payment);
        assertEquals(70_000, wallet.status("").confirmed());
    }

    @Test
    void aRescanReadsFromTheBeginningAndCountsNothingTwice() throws Exception {
        FakeNode node = node("home");
        service.restore(Network.REGTEST, WORDS.clone(), Optional.empty());
        service.tick();
        LocalWallet wallet = (LocalWallet) offered.get(0);
        byte[] payment = Payments.to(1, wallet.freshAddress(""), 70_000);
        node.block(1, payment);
        node.block(2);

        service.rescan(Network.REGTEST, Optional.empty());

        assertEquals(0, node.watches().get(0).since().orElseThrow().height());
        node.block(1, payment);
        node.block(2);
        assertEquals(70_000, wallet.status("").confirmed());
    }

    @Test
    void labelsBelongToOurAddressesOnly() throws WalletException {
        service.create(Network.REGTEST, 12);
        String address = ((LocalWallet) offered.get(0)).freshAddress("");

        assertThrows(
                WalletException.class,
                () -> service.label(Network.REGTEST, Addresses.of(Network.REGTEST, new byte[20]), "x"));
        assertThrows(WalletException.class, () -> service.label(Network.REGTEST, address, "x".repeat(81)));
        assertThrows(WalletException.class, () -> service.label(Network.REGTEST, address, "a\nb"));
        service.label(Network.REGTEST, address, "rent");
        service.label(Network.REGTEST, address, "");
        assertEquals(Map.of(), service.labels(Network.REGTEST));
    }

    @Test
    void theEmbeddedNetworkHasNoLocalWallet() {
        assertThrows(WalletException.class, () -> service.create(Network.EMBEDDED, 12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-fee", "gap-limit"})
    void wrongSettingsAreRefusedWithWhatIsRight(String key) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> WalletSettings.of(Map.of(key, "1")));

        assertTrue(refused.getMessage().startsWith(key + " = '1': it must be "), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> WalletSettings.of(Map.of(key, "many")));
        assertEquals(WalletSettings.DEFAULTS, WalletSettings.of(Map.of()));
    }

    // ---- what nodes lose

    private static final List<byte[]> PAYLOAD = List.of(new byte[80]);

    /** A payment, and one with its change, both shown by the node that the wallet follows. */
    private List<SignedTransaction> twoPayments(FakeNode node) throws Exception {
        service.create(Network.REGTEST, 12);
        service.tick();
        node.block(101, Payments.to(1, offered.get(0).freshAddress(""), 70_000));
        List<SignedTransaction> made = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            made.add(offered.get(0).pay("", PAYLOAD, new FeeRate(100)));
            node.watches().get(0).listener().transaction(made.get(i).raw(), Optional.empty());
            node.has.add(made.get(i).id());
        }
        service.tick();
        return made;
    }

    private void later() {
        clock.pass(Duration.ofMinutes(10));
        service.tick();
        service.tick();
    }

    /** Its message expired long ago: nobody else sends it again. */
    @Test
    void aPaymentThatTheNodeLostIsSentAgainAndWhatSpendsItsChangeBehindIt() throws Exception {
        FakeNode node = node("home");
        List<SignedTransaction> made = twoPayments(node);
        later();
        assertEquals(0, node.handed.size(), "it has them");
        node.has.clear();
        later();
        assertEquals(2, node.handed.size());
        assertArrayEquals(made.get(0).raw(), node.handed.get(0));
        assertArrayEquals(made.get(1).raw(), node.handed.get(1));
        node.block(102, made.get(0).raw(), made.get(1).raw());
        later();
        assertEquals(2, node.handed.size(), "they are in a block");
    }

    @Test
    void changeThatTheNodeDoesNotKnowIsNotSpentUntilItTakesItsTransactionAgain() throws Exception {
        FakeNode node = node("home");
        twoPayments(node);
        node.has.clear();
        node.crowded = true;
        later();
        assertThrows(InsufficientFundsException.class, () -> offered.get(0).pay("", PAYLOAD, new FeeRate(100)));
        node.crowded = false;
        later();
        offered.get(0).pay("", PAYLOAD, new FeeRate(100));
    }

    @Test
    void onlyWhatTheWalletSpentItselfIsSentAgain() throws Exception {
        FakeNode node = node("home");
        service.create(Network.REGTEST, 12);
        service.tick();
        byte[] strangers = Payments.to(1, offered.get(0).freshAddress(""), 70_000);
        node.watches().get(0).listener().transaction(strangers, Optional.empty());
        node.block(101, Payments.to(2, offered.get(0).freshAddress(""), 70_000));
        offered.get(0).pay("", PAYLOAD, new FeeRate(100));
        service.tick();
        later();
        assertEquals(0, node.handed.size(), "a stranger's is not ours to send, nor is what nobody has got yet");
    }
}
