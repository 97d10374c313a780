package org.partyline.api.settings;

/** The valid settings by topic, so that each user sees only its own. Immutable. */
public record Settings(
        SendingSettings sending,
        RollingSettings rolling,
        FeeSettings fees,
        ReadingSettings reading,
        SessionSettings sessions,
        SuiteSettings suites,
        NodeSettings nodes) {}
