package org.partyline.shell.testing;

import java.util.List;
import java.util.Optional;
import org.partyline.api.engine.Privacy;

/** Three profiles. */
public final class FakePrivacy implements Privacy {
    /** The cost of the first message of a rolling conversation. */
    public long first = 21;

    public Privacy.Covered covered = Privacy.Covered.WHOLE;
    public Optional<Privacy.Profile> profile = Optional.of(Privacy.Profile.BALANCED);

    private final List<String> calls;

    /** @param calls records the calls */
    FakePrivacy(List<String> calls) {
        this.calls = calls;
    }

    @Override
    public Optional<Profile> current() {
        return profile;
    }

    @Override
    public Optional<Profile> chosen() {
        return profile;
    }

    @Override
    public Preview preview(Profile wanted) {
        boolean same = profile.equals(Optional.of(wanted));
        boolean maximum = wanted == Profile.MAXIMUM;
        String now = same && maximum ? "true" : "false";
        return new Preview(
                wanted,
                List.of(
                        new Setting(
                                "jitter",
                                same ? "2m" : "auto",
                                maximum || same ? "2m" : "0s",
                                "the time of sending reveals little about when a message was written"),
                        new Setting("receipts", "off", "off", "receipts reveal that you are online"),
                        new Setting(
                                "proxy-required",
                                now,
                                maximum ? "true" : now,
                                "all traffic leaves this machine through the proxy")),
                Optional.of(21L),
                Optional.of(wanted == Profile.ECONOMY ? first : 21L),
                Optional.of(maximum ? 3_024L : 0L),
                maximum ? 4_500 : 0,
                maximum ? covered : Covered.WHOLE);
    }

    @Override
    public Preview apply(Profile wanted) {
        Preview before = preview(wanted);
        calls.add("privacy " + wanted);
        profile = Optional.of(wanted);
        return before;
    }
}
