package org.partyline.api.engine;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Shows and sets the privacy profiles. A service; needs an open store. */
@ProviderType
public interface Privacy {
    /** The three profiles. */
    enum Profile {
        /** As cheap as possible: rolling carrier, no delay, no cover traffic. */
        ECONOMY,
        /** 64- and 80-byte packets, one OP_RETURN output, some delay. */
        BALANCED,
        /** For suspected surveillance: cover traffic, long delays, a required proxy, no receipts, shortest expiry. */
        MAXIMUM
    }

    /** The profile whose settings all hold now; empty if there is none. */
    Optional<Profile> current() throws PartylineException;

    /** The profile that was applied last, even if settings changed since; empty if there was none. */
    Optional<Profile> chosen() throws PartylineException;

    /** Returns what a profile would change, and changes nothing. */
    Preview preview(Profile profile) throws PartylineException;

    /** Applies a profile to the current persona's cover traffic and to all settings. */
    Preview apply(Profile profile) throws PartylineException;

    /**
     * The settings and costs of a profile.
     *
     * @param profile the profile
     * @param settings all its settings
     * @param perMessage the price of a one-packet message in satoshi at the present fee rates; empty if no node gives
     *     an estimate
     * @param first the price of a conversation's first message in satoshi; higher than the others with the rolling
     *     carrier
     * @param perDay the price of a day of its cover traffic in satoshi at the present fee rates; 0 without cover
     *     traffic
     * @param budget the cover traffic's budget in satoshi a day; 0 without cover traffic
     * @param covered the part of a day that the budget covers at the present fee rates
     */
    record Preview(
            Profile profile,
            List<Setting> settings,
            Optional<Long> perMessage,
            Optional<Long> first,
            Optional<Long> perDay,
            long budget,
            Covered covered) {
        public Preview {
            settings = List.copyOf(settings);
        }
    }

    /**
     * The part of a day for which a budget pays for cover traffic.
     *
     * @param percent 0 to 100
     * @param cap the setting that limits it, with its value; empty if it lasts the whole day
     */
    record Covered(int percent, String cap) {
        /** The whole day. */
        public static final Covered WHOLE = new Covered(100, "");
    }

    /**
     * One setting that a profile changes.
     *
     * @param key its key
     * @param now its value
     * @param then its value in the profile
     * @param why the reason in one line
     */
    record Setting(String key, String now, String then, String why) {
        /** Whether the profile changes it. */
        public boolean changes() {
            return !now.equals(then);
        }
    }
}
