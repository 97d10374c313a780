package org.partyline.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy.Covered;
import org.partyline.api.engine.Privacy.Preview;
import org.partyline.api.engine.Privacy.Profile;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Bus;

/** Tests the settings of the privacy profiles, what they start, and their announced cost. */
class ProfileTest {
    private final PrivacyBench bench = new PrivacyBench();

    @AfterEach
    void close() {
        bench.close();
    }

    // ---- their effect

    @Test
    void maximumIsOneCommand() throws Exception {
        Map<String, String> before = bench.stage.settings.values();
        Preview shown = bench.privacy.preview(Profile.MAXIMUM);
        assertEquals(before, bench.stage.settings.values(), "looking changes nothing");
        assertFalse(bench.stage.settings.isProxyRequired());
        assertEquals(List.of(), bench.cover.told);
        AtomicInteger retried = new AtomicInteger();
        bench.stage.bus.on(Bus.Retry.class, event -> retried.incrementAndGet());
        assertEquals(shown, bench.privacy.apply(Profile.MAXIMUM));
        Map<String, String> changes = Map.of(
                "roll-packets", "1",
                "jitter", "2m",
                "rate-per-minute", "4",
                "rate-burst", "1",
                "receipts", "off",
                "allow-legacy-v1", "false",
                "default-ttl", "15m",
                "cover", "on, a packet every 10m, at most 4500 sat a day",
                "proxy-required", "true");
        assertEquals(changes, PrivacyBench.changes(shown));
        Map<String, String> expected = new HashMap<>(before);
        expected.putAll(changes);
        expected.keySet().removeAll(List.of("cover", "proxy-required"));
        assertEquals(expected, bench.stage.settings.values());
        assertTrue(bench.stage.settings.isProxyRequired());
        assertEquals(List.of("start PT10M 4500"), bench.cover.told);
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.current());
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.chosen());
        assertEquals(Map.of(), bench.changes(Profile.MAXIMUM));
        assertEquals(1, retried.get(), "what waits may go now");
        assertEquals(List.of("privacy-profile"), bench.stage.audited);
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void whatWasAppliedIsWhatItIs(Profile profile) throws Exception {
        bench.privacy.apply(Profile.MAXIMUM);
        bench.privacy.apply(profile);
        assertEquals(Optional.of(profile), bench.privacy.current());
        assertEquals(Optional.of(profile), bench.privacy.chosen());
        assertEquals(
                profile == Profile.MAXIMUM,
                bench.cover.of("alice").orElseThrow().running());
        assertTrue(bench.stage.settings.isProxyRequired(), "no profile takes that back");
    }

    @Test
    void whenTheProxyCannotBeRequiredNothingElseIsChanged() {
        bench.stage.settings.noProxy = "the file cannot be written";
        Map<String, String> before = bench.stage.settings.values();
        PartylineException refused = assertThrows(PartylineException.class, () -> bench.privacy.apply(Profile.MAXIMUM));
        assertTrue(refused.getMessage().contains("cannot be written"), refused.getMessage());
        assertEquals(before, bench.stage.settings.values());
        assertEquals(List.of(), bench.cover.status(), "no cover traffic without the proxy");
    }

    @Test
    void onlyTheCurrentPersonasCoverCounts() throws Exception {
        bench.cover.start(Optional.of("second"), Duration.ofMinutes(10), 1);
        assertTrue(bench.changes(Profile.MAXIMUM).containsKey("cover"));
        bench.privacy.apply(Profile.MAXIMUM);
        assertTrue(bench.cover.of("alice").orElseThrow().running());
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.current());
        assertTrue(bench.changes(Profile.BALANCED).containsKey("cover"));
        bench.privacy.apply(Profile.BALANCED);
        Cover.Status mine = bench.cover.of("alice").orElseThrow();
        assertFalse(mine.running(), mine::toString);
        assertTrue(bench.cover.of("second").orElseThrow().running(), "another persona's is left alone");
        assertEquals(Optional.of(Profile.BALANCED), bench.privacy.current());
    }

    @Test
    void coverThatWasStartedAndHasAProblemIsOn() throws Exception {
        bench.cover.problem = "its budget is spent";
        bench.privacy.apply(Profile.MAXIMUM);
        assertFalse(bench.cover.of("alice").orElseThrow().running());
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.current());
        bench.privacy.apply(Profile.BALANCED);
        assertEquals(List.of("start PT10M 4500", "stop"), bench.cover.told);
    }

    @Test
    void eachProfileSetsAllOfItsSettings() throws Exception {
        bench.privacy.apply(Profile.ECONOMY);
        Map<String, String> economy = Map.ofEntries(
                Map.entry("carrier", "rolling"),
                Map.entry("max-bucket", "80"),
                Map.entry("roll-packets", "3"),
                Map.entry("jitter", "0s"),
                Map.entry("rate-per-minute", "auto"),
                Map.entry("rate-burst", "20"),
                Map.entry("fee-band", "0"),
                Map.entry("receipts", "cover"),
                Map.entry("allow-strangers", "false"),
                Map.entry("allow-legacy-v1", "true"),
                Map.entry("default-ttl", "1h"),
                Map.entry("expire-on-chain", "keep"));
        assertEquals(economy, bench.stage.settings.values());
        bench.privacy.apply(Profile.BALANCED);
        Map<String, String> balanced = new HashMap<>(economy);
        balanced.putAll(Map.of("carrier", "confirm", "roll-packets", "1", "jitter", "auto", "fee-band", "20"));
        assertEquals(balanced, bench.stage.settings.values());
        assertEquals("no more is paid for expired messages", why(Profile.BALANCED, "expire-on-chain"));
        assertEquals("a recall would distinguish a message from a decoy", why(Profile.MAXIMUM, "expire-on-chain"));
    }

    private String why(Profile profile, String key) throws PartylineException {
        return bench.privacy.preview(profile).settings().stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElseThrow()
                .why();
    }

    @Test
    void whereOnlyRealMoneyCouldBeSpentItIsAcceptedFirst() throws Exception {
        bench.stage.join("lobby", Mode.RATCHET, Network.MAINNET);
        Map<String, String> before = bench.stage.settings.values();
        assertThrows(PartylineException.class, () -> bench.privacy.apply(Profile.MAXIMUM));
        assertEquals(before, bench.stage.settings.values());
        assertFalse(bench.stage.settings.isProxyRequired());
        assertEquals(List.of(), bench.cover.told);
        bench.privacy.apply(Profile.ECONOMY);
        bench.stage.join("plaza", Mode.RATCHET, Network.REGTEST);
        bench.privacy.apply(Profile.MAXIMUM);
    }

    // ---- their cost

    @Test
    void capsThatAreJustEnoughEndNothing() throws Exception {
        bench.estimate("5");
        bench.caps(1_212, 1_000_000, 1_111 * 144);
        assertEquals(Covered.WHOLE, bench.privacy.preview(Profile.MAXIMUM).covered());
        bench.caps(1_211, 1_000_000, 1_111 * 144);
        assertEquals(
                new Covered(0, "fee-cap-message=1211sat"),
                bench.privacy.preview(Profile.MAXIMUM).covered());
        bench.caps(1_212, 1_000_000, 1_111 * 144 - 1);
        assertEquals(
                new Covered(99, "fee-cap-day=159983sat"),
                bench.privacy.preview(Profile.MAXIMUM).covered());
        bench.caps(1_212, 5_000, 5_000 * 24);
        assertEquals(
                new Covered(75, "fee-cap-day=120000sat"),
                bench.privacy.preview(Profile.MAXIMUM).covered(),
                "where both end it, the day's is said");
    }

    @Test
    void aBudgetThatIsEnoughIsKeptAsItIs() throws Exception {
        bench.estimate("5");
        bench.cover.start(Optional.empty(), Duration.ofMinutes(10), 1_111 * 144);
        assertFalse(bench.changes(Profile.MAXIMUM).containsKey("cover"), "just enough");
        assertEquals(1_111 * 144, bench.privacy.preview(Profile.MAXIMUM).budget());
        bench.cover.start(Optional.empty(), Duration.ofMinutes(10), 1_111 * 144 - 1);
        assertEquals(
                "on, a packet every 10m, at most 200000 sat a day",
                bench.changes(Profile.MAXIMUM).get("cover"));
        assertEquals(200_000, bench.privacy.preview(Profile.MAXIMUM).budget());
        bench.cover.start(Optional.empty(), Duration.ofMinutes(5), 1_000_000);
        assertEquals(
                "on, a packet every 10m, at most 200000 sat a day",
                bench.changes(Profile.MAXIMUM).get("cover"));
    }

    @Test
    void aPriceIsThatOfOneNetwork() throws Exception {
        bench.stage.nodes.add(bench.network.node("s", Network.SIGNET));
        List<List<?>> asked = new ArrayList<>();
        bench.stage.put(Pricing.class, (Pricing) Proxy.newProxyInstance(
                Pricing.class.getClassLoader(), new Class<?>[] {Pricing.class}, (self, method, arguments) -> {
                    if (method.getName().equals("rate") && arguments[0] instanceof List<?> among) {
                        asked.add(among);
                    }
                    return method.invoke(bench.stage.fees, arguments);
                }));
        bench.privacy.preview(Profile.MAXIMUM);
        assertFalse(asked.isEmpty());
        asked.forEach(among -> assertEquals(List.of(bench.node), among));
        bench.stage.stop(Pricing.class);
        assertThrows(AbsentException.class, () -> bench.privacy.preview(Profile.MAXIMUM));
    }

    @Test
    void theBudgetLastsForADayAtCurrentFees() throws Exception {
        bench.estimate("5");
        Preview shown = bench.privacy.preview(Profile.MAXIMUM);
        // 202 vB at 5 sat/vB: at most the end of the band, and 144 times its middle.
        assertEquals(Optional.of(1_212L), shown.perMessage());
        assertEquals(Optional.of(1_111L * 144), shown.perDay());
        assertEquals(Covered.WHOLE, shown.covered());
        // At most the day's cap.
        assertEquals(200_000, shown.budget());
        bench.caps(20_000, 1_000_000, 1_000_000);
        // A day with many slots, each at the maximum price.
        assertEquals(1_212 * 180, bench.privacy.preview(Profile.MAXIMUM).budget());
        bench.privacy.apply(Profile.MAXIMUM);
        assertEquals(List.of("start PT10M 218160"), bench.cover.told);
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.current());
    }

    @Test
    void whereACapEndsItFirstTheShareOfTheDayIsSaid() throws Exception {
        bench.estimate("20");
        // 4,444 sat for a packet on average.
        assertEquals(
                new Covered(31, "fee-cap-day=200000sat"),
                bench.privacy.preview(Profile.MAXIMUM).covered());
        assertEquals(200_000, bench.privacy.preview(Profile.MAXIMUM).budget());
        bench.caps(20_000, 5_000, 200_000);
        assertEquals(
                new Covered(18, "fee-cap-hour=5000sat"),
                bench.privacy.preview(Profile.MAXIMUM).covered());
        bench.caps(4_000, 5_000, 200_000);
        assertEquals(
                new Covered(0, "fee-cap-message=4000sat"),
                bench.privacy.preview(Profile.MAXIMUM).covered());
        assertEquals(Covered.WHOLE, bench.privacy.preview(Profile.BALANCED).covered());
    }

    @Test
    void whenFeesRiseTheBudgetIsNotEnoughAnyMoreAndIsRaised() throws Exception {
        bench.privacy.apply(Profile.MAXIMUM);
        assertEquals(4_500, bench.cover.of("alice").orElseThrow().budget());
        bench.estimate("0.11");
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.current(), "a little more is still paid for");
        bench.estimate("1");
        assertEquals(Optional.empty(), bench.privacy.current());
        assertEquals(
                Map.of("cover", "on, a packet every 10m, at most 43740 sat a day"), bench.changes(Profile.MAXIMUM));
        bench.privacy.apply(Profile.MAXIMUM);
        assertEquals(43_740, bench.cover.of("alice").orElseThrow().budget());
        bench.estimate("0.1");
        assertEquals(Optional.of(Profile.MAXIMUM), bench.privacy.current(), "more than enough is enough");
    }

    @Test
    void economySaysWhatTheFirstMessageOfAConversationCosts() throws Exception {
        bench.estimate("5");
        Preview economy = bench.privacy.preview(Profile.ECONOMY);
        assertEquals(Optional.of(21L), economy.perMessage());
        assertEquals(Optional.of(1_010L), economy.first());
        // A node that relays several OP_RETURN outputs: the transaction grows until it carries three packets.
        bench.node.maxOutputs = 100;
        assertEquals(Optional.of(461L), bench.privacy.preview(Profile.ECONOMY).perMessage());
        Preview balanced = bench.privacy.preview(Profile.BALANCED);
        assertEquals(Optional.of(1_212L), balanced.perMessage());
        assertEquals(balanced.perMessage(), balanced.first());
    }

    @Test
    void whereNoNodeSaysWhatAPacketCostsThereIsABudgetAllTheSame() throws Exception {
        bench.stage.fees.dear = "no ready node estimates a fee rate";
        Preview shown = bench.privacy.preview(Profile.MAXIMUM);
        assertEquals(Optional.empty(), shown.perMessage());
        assertEquals(Optional.empty(), shown.perDay());
        assertEquals(20_000, shown.budget());
    }
}
