package org.partyline.api.settings;

/** What an operator has set, checked, by concern: who is concerned with one takes that and sees no other. Immutable. */
public record Settings(
        SendingSettings sending,
        RollingSettings rolling,
        FeeSettings fees,
        ReadingSettings reading,
        SessionSettings sessions,
        SuiteSettings suites,
        NodeSettings nodes) {}
