package org.partyline.shell.cover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Privacy.Profile;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;
import org.partyline.shell.testing.Samples;

/** Recall, carriers, caps, cover traffic and profiles. */
class CoverCommandsTest {
    private final FakeEngine fake = FakeEngine.furnished();

    private Runner plain() {
        return new Runner(fake, FakeSession.withoutTerminal());
    }

    private Runner answering(String... answers) {
        return new Runner(fake, FakeSession.withTerminal(100, 60).answer(answers));
    }

    private static String bare(String printed) {
        return AttributedString.stripAnsi(printed).replaceAll("\\s+", " ");
    }

    @Test
    void recallSaysThatAMessageWasMinedInBetween() throws Exception {
        fake.recalled = Optional.of(
                new Messages.Recalled(Samples.outgoing(8, "me", "lobby", Messages.State.CONFIRMED, ""), 0, 1, 0));
        String printed = plain().run("recall", "8");
        assertEquals(
                "Message 8 is not recalled: it is already in a block and cannot be recalled. This cost nothing.\n",
                printed);
    }

    @Test
    void recallSaysWhatOfAMessageStaysForEver() throws Exception {
        fake.recalled = Optional.of(
                new Messages.Recalled(Samples.outgoing(8, "me", "lobby", Messages.State.RECALLED, ""), 1, 1, 25));
        String printed = plain().run("recall", "8");
        assertTrue(
                printed.contains("1 transaction is replaced by one that carries nothing of it, for 25 sat more."),
                printed);
        assertTrue(printed.contains("1 packet of it is already in a block and cannot be recalled."), printed);
        assertTrue(printed.contains("may still have it"), printed);
    }

    @Test
    void recallOfWhatNoVersionCarriesAnyMoreReplacesNothing() throws Exception {
        fake.recalled = Optional.of(
                new Messages.Recalled(Samples.outgoing(8, "me", "lobby", Messages.State.RECALLED, ""), 0, 0, 0));
        String printed = plain().run("recall", "8");
        assertTrue(printed.contains("nothing had to be replaced. This cost nothing"), printed);
    }

    @Test
    void recallUnderCoverTellsThatItWasAMessage() throws Exception {
        String tells = "an observer now knows that this was a message";
        assertFalse(plain().run("recall", "8").contains(tells));
        fake.cover.add(Samples.cover("me", true, "", Duration.ofMinutes(10), 20_000));
        assertTrue(plain().run("recall", "8").contains(tells));
    }

    @Test
    void recallTakesOneOfOurNumbers() {
        assertEquals("Error: message 99", plain().refusal("recall", "99"));
        assertEquals(
                "Error: 'x' is not a message number: use one that partyline:messages or partyline:outbox lists",
                plain().refusal("recall", "x"));
    }

    @Test
    void aMessageGoesByTheCarrierThatWasChosen() throws Exception {
        String printed = plain().run("send", "hello", "--carrier", "rolling");
        assertEquals(Optional.of(Carrier.ROLLING), fake.sent.get(0).carrier());
        assertTrue(printed.contains("Message 101 to lobby, rolling: 1 packet"), printed);
        assertTrue(printed.contains("It is sent with the next version of the rolling transaction"), printed);
        plain().run("send", "hello", "--carrier=CONFIRM");
        assertEquals(Optional.of(Carrier.CONFIRM), fake.sent.get(1).carrier());
        plain().run("send", "hello");
        assertEquals(Optional.empty(), fake.sent.get(2).carrier());
        assertEquals(
                "Error: --carrier must be confirm or rolling, not 'pigeon'",
                plain().refusal("send", "hello", "--carrier", "pigeon"));
    }

    @Test
    void theCarrierThatIsSetIsSaidToo() throws Exception {
        fake.usual = Carrier.ROLLING;
        String printed = plain().run("send", "hello");
        assertTrue(printed.contains("Message 101 to lobby, rolling: 1 packet"), printed);
        assertTrue(printed.contains("It is sent with the next version of the rolling transaction"), printed);
    }

    @Test
    void aMessageOverACapIsSaidToWait() throws Exception {
        // 120 sat were spent in the last hour, and it costs 41.
        fake.fees.caps.put(Fees.Cap.HOUR, 161L);
        assertTrue(plain().run("send", "hello").contains("Sending now."));
        fake.fees.caps.put(Fees.Cap.HOUR, 160L);
        assertTrue(plain().run("send", "hello").contains("Queued: sending it now would exceed a spending limit"));
        fake.fees.caps.put(Fees.Cap.HOUR, 161L);
        fake.fees.caps.put(Fees.Cap.MESSAGE, 40L);
        assertTrue(plain().run("send", "hello").contains("Queued: sending it now would exceed a spending limit"));
    }

    @Test
    void withCoverTrafficAMessageLeavesAtAPoint() throws Exception {
        fake.cover.add(Samples.cover("me", true, "", Duration.ofMinutes(10), 20_000));
        assertTrue(plain().run("send", "hello")
                .contains("It is sent at a point of the cover traffic, a packet every 10 m on average"));
    }

    @Test
    void aDelayIsAnnouncedOnWhicheverNetwork() throws Exception {
        String later = "Sending after a random delay: partyline:outbox shows when.";
        assertFalse(plain().run("send", "hello").contains(later));
        fake.jitter = Duration.ofSeconds(5);
        assertTrue(plain().run("send", "hello").contains(later), "set on a network for tests, too");
        onNetwork(Network.SIGNET);
        assertTrue(plain().run("send", "hello").contains(later));
        fake.jitter = Duration.ZERO;
        assertTrue(plain().run("send", "hello").contains("Sending now."));
    }

    private void onNetwork(Network network) {
        fake.channels.clear();
        fake.channels.add(new Channels.Channel(
                "me",
                "lobby",
                network,
                Channels.Mode.RATCHET,
                Optional.empty(),
                KdfParameters.ARGON2ID_DEFAULT,
                20781,
                0,
                Optional.empty(),
                List.of()));
    }

    @Test
    void theFirstMessageOnMainnetIsAskedAbout() throws Exception {
        onNetwork(Network.MAINNET);
        Runner no = answering("no");
        assertTrue(bare(no.run("send", "hello")).endsWith("Nothing was sent. "));
        assertEquals(List.of("Allow sending on mainnet? (yes/no) [no]: "), no.session.prompts);
        assertFalse(fake.fees.mainnetAccepted);
        assertTrue(fake.sent.isEmpty());

        assertTrue(bare(answering("yes").run("send", "hello")).contains("cost real money"));
        assertTrue(fake.fees.mainnetAccepted);
        assertEquals(1, fake.sent.size());

        Runner again = answering();
        again.run("send", "hello");
        assertTrue(again.session.prompts.isEmpty());
        assertEquals(2, fake.sent.size());
    }

    @Test
    void theOutboxShowsCarriersAndWhyAMessageWaits() throws Exception {
        String why = "it is sent with the next version of the rolling transaction, at 10:00:30 UTC";
        fake.outbox.put(9L, Samples.outgoing(9, "me", "lobby", Messages.State.SEALED, why, Carrier.ROLLING));
        fake.outbox.put(10L, Samples.outgoing(10, "me", "lobby", Messages.State.REPLACED, "", Carrier.ROLLING));
        String printed = plain().run("outbox", "--all");
        assertTrue(printed.lines().anyMatch(line -> line.matches(".*queued .* rolling .*" + why)), printed);
        assertTrue(printed.lines().anyMatch(line -> line.matches(" *10 .*replaced .* rolling .*")), printed);
    }

    @Test
    void whereNothingIsSentNoFeeIsNamedAndTheReasonIs() throws Exception {
        fake.fees.refusal = "node 'embedded' relays nothing below 100 sat/vB, but fee-maximum is 50 sat/vB";
        String printed = plain().run("fee-status");
        assertTrue(printed.contains("nothing         -"), printed);
        assertTrue(
                printed.contains("Nothing is sent by node embedded: node 'embedded' relays nothing below 100"),
                printed);
        JsonNode fee = new ObjectMapper()
                .readTree(plain().run("fee-status", "--json"))
                .get("fees")
                .get(0);
        assertTrue(fee.get("rate_sat_per_vb").isNull());
        assertEquals(fake.fees.refusal, fee.get("refusal").asText());
    }

    @Test
    void theStatusSaysInOneLineWhetherThereIsCoverTraffic() throws Exception {
        assertTrue(plain().run("status")
                .contains(
                        "Cover     on for work: a packet every 10 m on average, 1,234 sat of 20,000 sat a day spent"));
        fake.cover.clear();
        fake.cover.add(Samples.cover("me", false, "", Duration.ofMinutes(10), 20_000));
        assertTrue(plain().run("status").contains("Cover     off\n"));
        fake.cover.clear();
        fake.cover.add(Samples.cover("me", false, "no node is ready", Duration.ofMinutes(10), 20_000));
        String printed = plain().run("status");
        assertTrue(printed.contains("Cover     waits for me: "), printed);
    }

    @Test
    void capsAreSetOneByOneAndAllAreShown() throws Exception {
        String printed = plain().run("fee-limit", "--hour", "4000sat", "--day=9000sat");
        assertEquals(4_000L, fake.fees.caps.get(Fees.Cap.HOUR));
        assertEquals(9_000L, fake.fees.caps.get(Fees.Cap.DAY));
        assertFalse(fake.fees.caps.containsKey(Fees.Cap.MESSAGE));
        assertFalse(fake.fees.mainnetAccepted);
        assertTrue(printed.contains("any 24 hours                          9,000 sat  4,300 sat   4,700 sat"), printed);
        assertTrue(printed.contains("Sending on mainnet is not allowed yet"), printed);
        assertTrue(printed.contains("The lower cap applies"), printed);
    }

    @Test
    void aCapThatIsNoneLeavesAllAsTheyAre() {
        assertEquals(
                "Error: --day must be 1sat to 100000000sat, not 0sat",
                plain().refusal("fee-limit", "--hour", "4000sat", "--day", "0sat"));
        assertEquals(
                "Error: '4000' is not an amount: write it like 1200sat",
                plain().refusal("fee-limit", "--message", "4000"));
        assertTrue(fake.fees.caps.isEmpty());
    }

    @Test
    void nothingIsLeftOfACapThatIsPassed() throws Exception {
        fake.fees.caps.put(Fees.Cap.DAY, 4_000L);
        assertTrue(plain().run("fee-status")
                .contains("any 24 hours                          4,000 sat  4,300 sat       0 sat"));
    }

    @Test
    void aLockedStoreShowsFeesWithoutCaps() throws Exception {
        fake.state = org.partyline.api.store.Store.State.LOCKED;
        String printed = plain().run("fee-status");
        assertTrue(printed.contains("0.5 sat/vB"), printed);
        assertTrue(printed.contains("open the store with partyline:unlock"), printed);
        JsonNode document = new ObjectMapper().readTree(plain().run("fee-status", "--json"));
        assertTrue(document.get("limits").isNull());
        assertTrue(document.get("cover").isNull());
    }

    @Test
    void coverTrafficStartsWithAPaceAndABudget() throws Exception {
        String printed = plain().run("decoy-start");
        assertEquals(List.of("cover me PT10M 20000"), fake.calls);
        assertTrue(
                printed.contains(
                        "It spends at most 20,000 sat in any 24 hours, on messages and decoys alike; at current fees a day costs about 14,544 sat"),
                printed);
        assertFalse(printed.contains("The budget ends"), printed);
        plain().run("decoy-start", "--persona", "work", "--every", "30s", "--budget", "1sat");
        assertEquals("cover work PT30S 1", fake.calls.get(1));
    }

    @Test
    void whoSendsSeldomIsToldThatSessionsTakeLong() throws Exception {
        String warning = "Opening a session takes five points, about ";
        assertFalse(plain().run("decoy-start", "--every", "1h").contains(warning));
        String printed = plain().run("decoy-start", "--every", "6h");
        assertTrue(printed.contains(warning + "1 d 6 h at this pace, and is abandoned after a day"), printed);
    }

    @Test
    void aPaceOrABudgetOutOfRangeIsRefused() {
        assertEquals("Error: --every must be 30 s to 1 d, not 29s", plain().refusal("decoy-start", "--every", "29s"));
        assertEquals(
                "Error: --budget must be 1sat to 100000000sat a day, not 0sat",
                plain().refusal("decoy-start", "--budget", "0sat"));
        assertTrue(fake.calls.isEmpty());
    }

    @Test
    void coverTrafficThatWaitsSaysWhy() throws Exception {
        fake.cover.clear();
        fake.cover.add(
                Samples.cover("me", false, "the budget of 20000 sat a day is spent", Duration.ofHours(1), 20_000));
        String printed = plain().run("decoy-status");
        assertTrue(
                printed.lines()
                        .anyMatch(line ->
                                line.matches("me +waits +1 h +20,000 sat +1,234 sat +- .*the budget of .* is spent")),
                printed);
        fake.cover.clear();
        assertEquals("No cover traffic: start it with partyline:decoy-start.\n", plain().run("decoy-status"));
    }

    @Test
    void withoutAProfileAllAreShownAndNothingChanges() throws Exception {
        String printed = plain().run("privacy");
        assertTrue(printed.startsWith("The settings match the profile balanced."), printed);
        assertTrue(printed.contains("economy: lowest cost; at most 21 sat a message, no cover traffic"), printed);
        assertTrue(
                printed.contains(
                        "maximum: for suspected surveillance; at most 21 sat a message, about 3,024 sat a day for cover"),
                printed);
        assertTrue(printed.contains("proxy-required  false  true"), printed);
        assertTrue(printed.contains("It changes nothing: these settings are in force."), printed);
        assertTrue(fake.calls.isEmpty());
        JsonNode document = new ObjectMapper().readTree(plain().run("privacy", "--json"));
        assertEquals("balanced", document.get("current").asText());
        assertFalse(document.get("applied").asBoolean());
        assertEquals(3, document.get("profiles").size());
        fake.privacy.profile = Optional.empty();
        assertTrue(plain().run("privacy").startsWith("The settings match no profile"));
    }

    @Test
    void aProfileIsShownAndAskedAboutBeforeItIsSet() throws Exception {
        Runner no = answering("no");
        String printed = bare(no.run("privacy", "maximum"));
        assertEquals(List.of("Change 2 settings? (yes/no) [no]: "), no.session.prompts);
        assertTrue(printed.contains("proxy-required false true"), printed);
        assertFalse(printed.contains("receipts"), printed);
        assertTrue(printed.endsWith("Cancelled: nothing was changed. "), printed);
        assertTrue(fake.calls.isEmpty());

        assertTrue(bare(answering("yes").run("privacy", "maximum")).contains("The profile is now maximum."));
        assertEquals(List.of("privacy MAXIMUM"), fake.calls);
    }

    @Test
    void whereNobodyCanBeAskedAProfileNeedsYes() throws Exception {
        String refusal = "Error: this changes 2 settings and the session is not interactive: confirm with --yes";
        assertEquals(refusal, plain().refusal("privacy", "maximum"));
        assertEquals(
                refusal, answering().refusal("privacy", "maximum", "--json").replaceAll("\u001B\\[[0-9]*m", ""));
        assertTrue(fake.calls.isEmpty());
        plain().run("privacy", "maximum", "--yes");
        assertEquals(List.of("privacy MAXIMUM"), fake.calls);
    }

    @Test
    void aProfileThatHoldsIsNotSetAgain() throws Exception {
        assertEquals("The settings already match the profile balanced.\n", plain().run("privacy", "balanced"));
        assertTrue(fake.calls.isEmpty());
        assertEquals(
                "Error: PROFILE must be economy, balanced or maximum, not 'paranoid'",
                plain().refusal("privacy", "paranoid"));
        assertEquals(
                "Error: --yes requires a profile: economy, balanced or maximum", plain().refusal("privacy", "--yes"));
    }

    @Test
    void aRequiredProxyNamesTheNodesThatHaveNone() throws Exception {
        fake.nodes.add(reached("far", "direct"));
        fake.nodes.add(reached("near", "direct, on this machine"));
        fake.nodes.add(reached("tor", "proxy 127.0.0.1:9050"));
        String printed = plain().run("privacy", "maximum", "--yes");
        assertTrue(
                printed.contains("Warning  node far is reached without a proxy: it is not used until it has one"),
                printed);
        assertFalse(printed.contains("node near") || printed.contains("node tor"), printed);
        fake.privacy.profile = Optional.of(Profile.BALANCED);
        assertFalse(plain().run("privacy", "economy", "--yes").contains("Warning"));
    }

    @Test
    void aCapThatEndsTheCoverTrafficOfAProfileIsNamed() throws Exception {
        String printed = bare(plain().run("privacy", "maximum", "--yes"));
        assertTrue(printed.contains("about 3,024 sat a day for cover traffic, at most 4,500 sat"), printed);
        assertFalse(printed.contains("% of a day"), printed);
        fake.privacy.profile = Optional.of(Profile.BALANCED);
        fake.privacy.covered = new Privacy.Covered(34, "fee-cap-day=200000sat");
        printed = bare(plain().run("privacy", "maximum", "--yes"));
        assertTrue(
                printed.contains(
                        "Warning at current fees fee-cap-day=200000sat stops cover traffic after 34 % of a day"),
                printed);
        fake.privacy.profile = Optional.of(Profile.BALANCED);
        assertTrue(
                bare(plain().run("privacy"))
                        .contains("at most 4,500 sat, and fee-cap-day=200000sat stops it after 34 % of a day"),
                "without setting it, too");
        JsonNode maximum = new ObjectMapper()
                .readTree(plain().run("privacy", "--json"))
                .get("profiles")
                .get(2);
        assertEquals(34, maximum.get("covered_percent").asInt());
        assertEquals("fee-cap-day=200000sat", maximum.get("ended_by").asText());
        assertEquals(4_500, maximum.get("budget_sat").asLong());
    }

    @Test
    void theFirstMessageOfARollingConversationIsSaidToCostMore() throws Exception {
        assertFalse(bare(plain().run("privacy")).contains("the first of a conversation"));
        fake.privacy.first = 1_010;
        assertTrue(bare(plain().run("privacy"))
                .contains("at most 21 sat a message, the first of a conversation at most 1,010 sat, no cover traffic"));
    }

    private static Nodes.Node reached(String name, String route) {
        NodeStatus status =
                new NodeStatus(NodeStatus.State.READY, "", "", Optional.empty(), 0, Optional.empty(), "zmq", route);
        FeeRate floor = new FeeRate(100);
        return new Nodes.Node(
                name,
                "rpc",
                Network.SIGNET,
                false,
                status,
                new RelayPolicy(80, 1, 83, floor, floor),
                0,
                0,
                0,
                Nodes.Shown.NOTHING,
                Optional.empty());
    }

    @Test
    void whatIsInNoMessagesPriceIsShownApart() throws Exception {
        assertFalse(plain().run("fee-limit").contains("price"));
        fake.fees.outside = 12;
        assertTrue(plain().run("fee-limit").contains("12 sat of the last 24 hours is in no message's price"));
        assertTrue(plain().run("status").contains("in the last 24 hours, 12 sat of it in no message's price"));
    }
}
