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
        /** As cheap as it gets: rolling carrier, no delay, no cover. */
        ECONOMY,
        /** 64- and 80-byte packets, one OP_RETURN output, some delay. */
        BALANCED,
        /** For suspected surveillance: cover on, long delays, a proxy required, no receipts, shortest expiry. */
        MAXIMUM
    }

    /** The profile whose settings all hold now; empty when none does. */
    Optional<Profile> current() throws PartylineException;

    /** The profile that was applied last, whatever was changed since; empty when none ever was. */
    Optional<Profile> chosen() throws PartylineException;

    /** What a profile would change; changes nothing. */
    Preview preview(Profile profile) throws PartylineException;

    /** Sets a profile, for the current persona's cover and all settings. */
    Preview apply(Profile profile) throws PartylineException;

    /**
     * The settings and costs of a profile.
     *
     * @param profile which
     * @param settings every setting of it
     * @param perMessage satoshi a message of one packet costs at current fees; empty when no node gives any
     * @param first satoshi the first message of a conversation costs; more than the others with the rolling carrier
     * @param perDay satoshi a day of its cover traffic costs at current fees; 0 without
     * @param budget satoshi a day that cover traffic gets; 0 without
     * @param covered how much of a day that pays for at current fees
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
     * For how much of a day a budget pays for cover traffic.
     *
     * @param percent 0 to 100
     * @param cap the setting that ends it, with its value; empty when it lasts the whole day
     */
    record Covered(int percent, String cap) {
        /** The whole day. */
        public static final Covered WHOLE = new Covered(100, "");
    }

    /**
     * One setting that a profile changes.
     *
     * @param key of the configuration
     * @param now its value
     * @param then its value in the profile
     * @param why in one line
     */
    record Setting(String key, String now, String then, String why) {
        /** Whether the profile changes it. */
        public boolean changes() {
            return !now.equals(then);
        }
    }
}
