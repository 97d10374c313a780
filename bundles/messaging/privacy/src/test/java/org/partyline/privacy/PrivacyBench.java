package org.partyline.privacy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.partyline.api.FeeRate;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Privacy.Preview;
import org.partyline.api.engine.Privacy.Profile;
import org.partyline.api.engine.Privacy.Setting;
import org.partyline.api.settings.FeeSettings;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.StageBench;
import org.partyline.testkit.messaging.TestNetwork;

/** The privacy profiles on a bench with a node, default settings, and simulated cover traffic. */
final class PrivacyBench implements AutoCloseable {
    final HandSetClock clock = new HandSetClock();
    final TestNetwork network = new TestNetwork(clock);
    final TestNetwork.Node node = network.node("a");
    final StageBench stage;
    final PlainCover cover = new PlainCover();
    final Privacy privacy;

    PrivacyBench() {
        stage = new StageBench(clock);
        stage.nodes.add(node);
        stage.put(Cover.class, cover);
        privacy = StageBench.offered(stage.add(PrivacyStage::new), Privacy.class);
        Map.ofEntries(
                        Map.entry("carrier", "confirm"),
                        Map.entry("max-bucket", "80"),
                        Map.entry("roll-packets", "3"),
                        Map.entry("jitter", "auto"),
                        Map.entry("rate-per-minute", "auto"),
                        Map.entry("rate-burst", "20"),
                        Map.entry("fee-band", "20"),
                        Map.entry("receipts", "cover"),
                        Map.entry("allow-strangers", "false"),
                        Map.entry("allow-legacy-v1", "true"),
                        Map.entry("default-ttl", "1h"),
                        Map.entry("expire-on-chain", "keep"))
                .forEach(stage.settings::set);
    }

    /** Records what was started and stopped, and reports that as running. */
    static final class PlainCover implements Cover {
        private final Map<String, Status> plans = new LinkedHashMap<>();
        /** The calls, in order. */
        final List<String> told = new CopyOnWriteArrayList<>();
        /** Why it does not run, although it was started. */
        volatile String problem = "";

        @Override
        public Status start(Optional<String> persona, Duration mean, long budget) {
            told.add("start " + mean + " " + budget);
            return put(persona.orElse(StageBench.ALICE.name()), true, mean, budget);
        }

        @Override
        public Status stop(Optional<String> persona) {
            told.add("stop");
            Status now = plans.get(persona.orElse(StageBench.ALICE.name()));
            return put(now.persona(), false, now.mean(), now.budget());
        }

        private Status put(String persona, boolean running, Duration mean, long budget) {
            boolean runs = running && problem.isEmpty();
            Status now = new Status(persona, runs, running ? problem : "", mean, budget, 0, Optional.empty(), 0, 0);
            plans.put(persona, now);
            return now;
        }

        @Override
        public List<Status> status() {
            return new ArrayList<>(plans.values());
        }

        Optional<Status> of(String persona) {
            return Optional.ofNullable(plans.get(persona));
        }
    }

    /** Sets the node's estimate of the fee rate. */
    void estimate(String rate) {
        stage.fees.rate = FeeRate.parse(rate);
    }

    /** Sets the spending caps, in satoshi. */
    void caps(long message, long hour, long day) {
        FeeSettings now = stage.settings.get().fees();
        stage.settings.fees(new FeeSettings(
                now.minimum(), now.maximum(), now.target(), now.band(), message, hour, day, now.mainnetAccepted()));
    }

    /** Returns the settings that a profile would change, with their new values. */
    Map<String, String> changes(Profile profile) throws PartylineException {
        return changes(privacy.preview(profile));
    }

    static Map<String, String> changes(Preview preview) {
        return preview.settings().stream()
                .filter(Setting::changes)
                .collect(Collectors.toMap(Setting::key, Setting::then, (a, b) -> a, TreeMap::new));
    }

    @Override
    public void close() {
        stage.close();
    }
}
