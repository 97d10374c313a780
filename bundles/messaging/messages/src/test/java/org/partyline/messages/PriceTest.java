package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Price;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.ApprovedRecord;
import org.partyline.messaging.mailbox.MessageRecords;
import org.partyline.messaging.sealing.QueueSealer;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.sealing.SessionOpening;
import org.partyline.messaging.sessions.HandshakeManager;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** The announced cost of a message is what its carrier asks for, and a lack of coins is reported at once. */
class PriceTest {
    private static final String LONGER = "a longer one ".repeat(12);

    private QuoteBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new QuoteBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    // ---- the cost

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void thePriceIsThatOfAllItsPacketsByItsOwnCarrier(String carrier) throws Exception {
        bench.confirm.fee = 19;
        bench.rolling.fee = 8;
        Receipt receipt = bench.send(LONGER, carrier);
        assertEquals(4, receipt.packets());
        assertEquals(4 * 80, receipt.bytes());
        assertEquals(Optional.of(carrier.equals("confirm") ? 76L : 32L), receipt.estimatedFee());
        QuoteBench.Asking asked = carrier.equals("confirm") ? bench.confirm : bench.rolling;
        assertEquals(
                List.of(new Quote(
                        SendEstimate.LAST, StageBench.ALICE.id(), Network.REGTEST, List.of(80, 80, 80, 80), false)),
                asked.asked);
    }

    @Test
    void thePriceThatIsAskedForIsThatOfWhatIsSentAndNothingIsStored() throws Exception {
        assertEquals(
                new Price(4, 320, Optional.of(76L), 0, List.of()),
                bench.messages.price(bench.lobby(LONGER, "confirm")));
        assertEquals(List.of(), bench.stage.allOutgoing());
        bench.confirm.dear = "nobody knows";
        assertEquals(
                new Price(4, 320, Optional.empty(), 0, List.of()),
                bench.messages.price(bench.lobby(LONGER, "confirm")));
        bench.confirm.dear = null;
        assertEquals(Optional.of(76L), bench.send(LONGER).estimatedFee());
    }

    @Test
    void aMessageThatCouldNotBeSentHasNoPrice() {
        assertThrows(NoSuchThingException.class, () -> bench.messages.price(bench.lobby(" ", "confirm")));
        assertThrows(
                NoSuchThingException.class,
                () -> bench.messages.price(new Messages.Send(
                        Optional.empty(), "lobby", "hello", Optional.of(Duration.ofDays(46)), false)));
    }

    @Test
    void theMarginIsShownWithThePrice() throws Exception {
        bench.stage.fees.margin = 7;
        assertEquals(7, bench.send(LONGER).margin());
        assertEquals(7, bench.messages.price(bench.lobby(LONGER, "confirm")).margin());
        bench.stage.stop(Spending.class);
        assertEquals(0, bench.messages.price(bench.lobby(LONGER, "confirm")).margin());
    }

    /** Otherwise it would be put on hold, although its sender did nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void theMarginHasRoomForThePacketThatOpensAnotherChain(String carrier) throws Exception {
        bench.stage.sealer.later = Optional.of(new SendPlan(List.of(80, 80), true));
        assertEquals(0, bench.send("hello", carrier).margin(), "nothing is promised");
        bench.stage.fees.margin = 7;
        Receipt receipt = bench.send("hello", carrier);
        assertEquals(1, receipt.packets());
        assertEquals(Optional.of(19L), receipt.estimatedFee());
        assertEquals(
                26 + 19 + 7,
                19 + bench.messages.price(bench.lobby("hello", carrier)).margin());
        assertEquals(26 + 7, receipt.margin());
        assertEquals(Optional.of(19L + receipt.margin()), approved(receipt.id()));
    }

    @Test
    void packetsToAContactArePricedByTheCarrierThatWouldSendThem() throws Exception {
        ContactConversation bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        bench.rolling.fee = 8;
        assertEquals(Optional.of(57L), bench.messages.price(Optional.empty(), "bob", List.of(80, 80, 128)));
        assertEquals(List.of(80, 80, 128), bench.confirm.asked.get(0).sizes());
        bench.stage.settings.carrier("rolling");
        assertEquals(Optional.of(8L), bench.messages.price(Optional.empty(), "bob", List.of(80)));
        bob.entry = bob.entry.withAccount("apart", 2);
        assertEquals(Optional.of(19L), bench.messages.price(Optional.empty(), "bob", List.of(80)));
        bench.node.down = true;
        assertEquals(Optional.empty(), bench.messages.price(Optional.empty(), "bob", List.of(80)));
    }

    @Test
    void noCarrierIsAskedForThePriceOfPacketsOfUnknownSize() throws Exception {
        bench.stage.stop(QueueSealer.class);
        assertEquals(Optional.empty(), bench.send("hello").estimatedFee());
        assertEquals(List.of(), bench.confirm.asked);
    }

    @ParameterizedTest
    @ValueSource(classes = {HandshakeManager.class, Pricing.class, Carriers.class})
    void withoutABundleThatItNeedsAMessageHasNoPriceUntilThatReturns(Class<?> part) throws Exception {
        bench.stage.stop(part);
        Receipt receipt = bench.send("hello");
        assertFalse(receipt.waits().isEmpty());
        bench.stage.start(part);
        assertEquals("", bench.send("hello again").waits());
    }

    @Test
    void whatOpensAChainIsInThePrice() throws Exception {
        bench.stage.sealer.opens = true;
        bench.send("hello", "rolling");
        assertTrue(bench.rolling.asked.get(0).opens());
        bench.stage.sealer.opens = false;
        bench.send("hello again", "rolling");
        assertFalse(bench.rolling.asked.get(1).opens());
    }

    @Test
    void whatOpensASessionIsInThePriceOfTheMessageThatBeginsIt() throws Exception {
        bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        bench.stage.sealer.opening = new SessionOpening(true, "it waits for the other side");
        bench.stage.sealer.first = Optional.of(new SendPlan(List.of(80, 80, 80), false));
        Receipt first = bench.sendTo("bob", "hello");
        assertEquals(Optional.of(57L), first.openingFee());
        assertEquals(Optional.of(19L), first.estimatedFee());
        assertEquals("it waits for the other side", first.waits());
        assertEquals(
                List.of(List.of(80), List.of(80, 80, 80)),
                bench.confirm.asked.stream().map(Quote::sizes).toList());
        bench.stage.sealer.opening = SessionOpening.NOTHING;
        Receipt second = bench.sendTo("bob", "hello again");
        assertEquals(Optional.empty(), second.openingFee(), "it is said once");
        assertEquals("", second.waits());
    }

    private long receivedFromBob() throws Exception {
        ContactConversation bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        long id = bench.stage.queue(bob, "hello");
        bench.stage.guard.<Exception>update(tx -> MessageRecords.put(
                tx,
                MessageRecords.find(tx, id)
                        .orElseThrow()
                        .with()
                        .outgoing(false)
                        .locator("0102030405060708")
                        .build()));
        return id;
    }

    @Test
    void whatARemarkMayCostAtMostIsStored() throws Exception {
        long id = receivedFromBob();
        Receipt exact = bench.conversations.react(id, "");
        assertEquals(0, exact.margin());
        assertEquals(Optional.empty(), approved(exact.id()));
        bench.stage.fees.margin = 7;
        Receipt told = bench.conversations.react(id, "");
        assertEquals(7, told.margin());
        assertEquals(Optional.of(told.estimatedFee().orElseThrow() + 7), approved(told.id()));
    }

    private Optional<Long> approved(long id) throws Exception {
        return bench.stage.store.transact(tx -> ApprovedRecord.find(tx, id)).map(ApprovedRecord::most);
    }

    @Test
    void theSameIsSaidOfARemarkByItsCarrier() throws Exception {
        long id = receivedFromBob();
        bench.stage.sealer.opening = new SessionOpening(true, "it waits for the other side");
        bench.stage.sealer.first = Optional.of(new SendPlan(List.of(80, 80, 80), false));
        bench.stage.settings.carrier("rolling");
        bench.rolling.fee = 8;
        Receipt first = bench.conversations.react(id, "");
        assertEquals(Optional.of(8L), first.estimatedFee());
        assertEquals(Optional.of(57L), first.openingFee());
        assertEquals("it waits for the other side", first.waits());
        assertEquals("rolling", bench.stage.sealer.carrier);
        bench.stage.sealer.opening = SessionOpening.NOTHING;
        assertEquals(Optional.empty(), bench.conversations.react(id, "").openingFee(), "it is said once");
        bench.node.down = true;
        assertEquals(
                "it waits for a ready node on regtest (partyline:node-list)",
                bench.conversations.react(id, "").waits());
    }

    @Test
    void whatTheChosenNodeAsksForIsThePrice() throws Exception {
        bench.beside("dear");
        for (String node : List.of("a", "dear", "a")) {
            bench.sendVia(node, "by " + node);
        }
        bench.send("by any");
        assertEquals(List.of(List.of("a"), List.of("dear"), List.of("a"), List.of("a", "dear")), bench.confirm.nodes);
    }

    @Test
    void aNodeThatAsksForMoreThanTheMaximumHoldsUpNothingWhereAnotherDoesNot() throws Exception {
        bench.beside("dear");
        bench.stage.fees.dearNodes.add("dear");
        Receipt receipt = bench.send("hello");
        assertEquals("", receipt.waits());
        assertEquals(Optional.of(19L), receipt.estimatedFee());
    }

    @Test
    void aNodeThatAsksForMoreThanTheMaximumIsNoReasonToWaitWhereItIsNotAsked() throws Exception {
        bench.node.maxPayload = 128;
        bench.beside("narrow");
        bench.stage.sealer.bucket = 128;
        bench.stage.fees.dearNodes.add("narrow");
        assertEquals("", bench.send("it does not go there").waits());
        bench.stage.fees.dearNodes.add("a");
        bench.stage.fees.dearNodes.remove("narrow");
        bench.confirm.dear = "node 'a' asks for more";
        Receipt receipt = bench.send("and the narrow one is no way for it");
        assertEquals("node 'a' asks for more", receipt.waits());
        assertTrue(receipt.estimatedFee().isEmpty());
    }

    @Test
    void whatCostsMoreThanACapAllowsIsRefusedAndNotStored() throws Exception {
        bench.stage.fees.mostOfMessage = 75;
        NoSuchThingException refused = assertThrows(NoSuchThingException.class, () -> bench.send(LONGER, "confirm"));
        assertEquals("a message may not cost as much", refused.getMessage());
        assertEquals(List.of(), bench.stage.allOutgoing());
        bench.stage.fees.mostOfMessage = 76;
        assertEquals(Optional.of(76L), bench.send(LONGER, "confirm").estimatedFee());
    }

    @Test
    void whoWritesByTheRollingCarrierIsToldOnceWhatThatMeans() throws Exception {
        assertEquals(List.of(), bench.send("by itself", "confirm").warnings());
        for (int i = 0; i < 2; i++) {
            List<String> warnings =
                    bench.messages.price(bench.lobby("rolling", "rolling")).warnings();
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).startsWith("readers who are offline miss"), warnings::toString);
        }
        assertEquals(1, bench.send("rolling", "rolling").warnings().size());
        assertEquals(List.of(), bench.send("again", "rolling").warnings());
        assertEquals(
                List.of(), bench.messages.price(bench.lobby("more", "rolling")).warnings());
        bench.stage.join("hall", Mode.OPEN);
        Messages.Send elsewhere = new Messages.Send(
                Optional.empty(),
                false,
                "hall",
                "another conversation",
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.of(new Messages.Carrier("rolling")));
        assertEquals(1, bench.messages.send(elsewhere).warnings().size());
    }

    // ---- reasons for waiting

    @Test
    void aMessageByItselfMayEndWhatRollsForItsCoinAndItIsSaid() throws Exception {
        bench.node.poor = true;
        bench.change = 20;
        Receipt receipt = bench.send("by itself");
        assertEquals("", receipt.waits());
        assertTrue(
                receipt.warnings()
                        .get(0)
                        .startsWith("no other coin is free, so it ends this persona's rolling transaction"),
                receipt.warnings()::toString);
        assertEquals(
                receipt.warnings(),
                bench.messages.price(bench.lobby("by itself", "confirm")).warnings(),
                "the price says it before");
        assertTrue(receipt.warnings().get(0).endsWith(" sat"), "with what the next rolling message costs then");
        bench.change = 19;
        Receipt lacks = bench.send("there is not enough");
        assertTrue(lacks.waits().startsWith("it waits for coins"), lacks.waits());
        assertEquals(List.of(), lacks.warnings());
    }

    @Test
    void anEmptyWalletIsToldAtOnceAndTheMessageIsStored() throws Exception {
        bench.node.poor = true;
        Receipt receipt = bench.send("hello");
        assertEquals(
                "it waits for coins: wallet 'a' is empty; send some to the address shown by partyline:wallet-address",
                receipt.waits());
        assertEquals(State.QUEUED, bench.stage.state(receipt.id()));
        assertTrue(bench.send("hello again", "rolling").waits().startsWith("it waits for coins"));
        bench.node.poor = false;
        assertEquals("", bench.send("now").waits());
    }

    @Test
    void theCommandThatIsNamedShowsAnAddressOfTheAccountThatIsEmpty() throws Exception {
        bench.beside("other").poor = true;
        bench.node.poor = true;
        ContactConversation bob = bench.stage.know("bob", bench.stage.identities.generate(bench.stage.random));
        bob.entry = bob.entry.withAccount("apart", 2);
        String apart = bench.sendTo("bob", "hello").waits();
        assertTrue(apart.endsWith(" partyline:wallet-address --wallet a --account apart"), apart);
        bench.put(new PersonaRecord(3, "the \"shop\"", true));
        bench.put(new PersonaRecord(1, "me", false));
        String persona = bench.sendAs("me", "hello").waits();
        assertTrue(persona.endsWith(" partyline:wallet-address --wallet a --persona me"), persona);
        bench.put(new PersonaRecord(1, "the \"boss\"", false));
        String quoted = bench.sendAs("the \"boss\"", "hello").waits();
        assertTrue(quoted.endsWith(" --persona \"the \\\"boss\\\"\""), quoted);
    }

    @Test
    void whereThereIsNoWalletItIsToldHowToGetOne() throws Exception {
        bench.stage.nodes.removeWallet(bench.node);
        assertEquals(
                "it waits for a wallet on regtest: create one with partyline:wallet-create, or name a node's "
                        + "with --wallet of partyline:node-add",
                bench.send("hello").waits());
    }

    @Test
    void theWalletOfANodeThatDoesNotCarryAMessagePaysForNone() throws Exception {
        bench.node.maxPayload = 128;
        bench.beside("narrow");
        bench.node.poor = true;
        assertEquals("", bench.send("by both").waits());
        bench.stage.sealer.bucket = 128;
        assertTrue(bench.send("signed").waits().startsWith("it waits for coins: wallet 'a'"));
    }

    @Test
    void theNodeThatAMessageWaitsForIsNamed() throws Exception {
        TestNetwork.Node other = bench.beside("other");
        other.down = true;
        assertEquals(
                "it waits for its chosen node 'other' to be ready",
                bench.sendVia("other", "by another").waits());
        bench.node.down = true;
        assertEquals(
                "it waits for a ready node on regtest (partyline:node-list)",
                bench.send("by any").waits());
    }

    @Test
    void whatFollowsInARollingTransactionNeedsNoOtherCoin() throws Exception {
        bench.rolling.runs = true;
        bench.node.poor = true;
        assertEquals("", bench.send("the second", "rolling").waits());
        assertTrue(bench.send("by itself").waits().startsWith("it waits for coins"));
    }

    @Test
    void oneWalletOfSeveralThatHasEnoughIsEnough() throws Exception {
        TestNetwork.Node other = bench.beside("other");
        bench.node.poor = true;
        assertEquals("", bench.send("by the second").waits());
        bench.node.poor = false;
        other.poor = true;
        assertEquals("", bench.send("by the first").waits());
    }

    /** Returns the reason for waiting with this balance. */
    private String waitsWith(AccountStatus has, String text) throws Exception {
        bench.node.has = Optional.of(has);
        return bench.send(text).waits();
    }

    @Test
    void aWalletThatDoesNotAnswerIsWaitedFor() throws Exception {
        bench.stage.nodes.removeWallet(bench.node);
        bench.stage.nodes.addWallet((Wallet) Proxy.newProxyInstance(
                Wallet.class.getClassLoader(), new Class<?>[] {Wallet.class}, (self, method, arguments) -> {
                    if (method.getName().equals("status")) {
                        throw new WalletException("it is locked: unlock it");
                    }
                    return method.invoke(bench.node, arguments);
                }));
        assertEquals(
                "it waits for wallet 'a': it is locked: unlock it",
                bench.send("hello").waits());
    }

    @Test
    void whatAWalletLacksIsSaidAsItIs() throws Exception {
        List<AccountStatus.Coin> change =
                List.of(new AccountStatus.Coin("aa:0", 15, 0), new AccountStatus.Coin("bb:0", 15, 0));
        assertEquals("", waitsWith(new AccountStatus("", 0, 30, 0, change), "change that is on its way pays, too"));
        assertEquals(
                "it waits for coins: wallet 'a' can spend 5 sat now but needs 19 sat (partyline:wallet-status)",
                waitsWith(new AccountStatus("", 5, 0, 0, List.of()), "too few"));
        for (AccountStatus few :
                List.of(new AccountStatus("", 5, 5, 0, List.of()), new AccountStatus("", 5, 0, 5, List.of()))) {
            assertTrue(waitsWith(few, "too few").contains("can spend 5 sat now"));
        }
        assertEquals("", waitsWith(new AccountStatus("", 19, 0, 0, List.of()), "just enough"));
        String reserved = waitsWith(new AccountStatus("", 0, 0, 500, List.of()), "all is reserved");
        assertTrue(reserved.startsWith("it waits for coins: wallet 'a' can spend 0 sat now but needs"), reserved);
        String none = waitsWith(new AccountStatus("", 0, 0, 0, List.of()), "nothing at all");
        assertTrue(none.startsWith("it waits for coins: wallet 'a' is empty"), none);
        assertEquals(
                "",
                waitsWith(new AccountStatus("", 25, 0, 0, List.of()), LONGER),
                "what the first packet leaves pays for the next");
    }
}
