package org.partyline.api.settings;

import org.partyline.api.Network;

/** What an operator has set, checked, by concern: who is concerned with one takes that and sees no other. Immutable. */
public record Settings(
        SendingSettings sending,
        RollingSettings rolling,
        FeeSettings fees,
        ReadingSettings reading,
        SessionSettings sessions,
        SuiteSettings suites,
        NodeSettings nodes) {
    /** Whether a network is for tests: nothing there costs, and nobody watches. */
    static boolean isPlay(Network network) {
        return network == Network.REGTEST || network == Network.EMBEDDED;
    }
}
