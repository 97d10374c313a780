package org.partyline.api.json;

import org.jspecify.annotations.Nullable;
import org.partyline.api.health.Finding;

/**
 * A finding as {@code --json} shows it.
 *
 * @param remedy null: nothing to do
 */
public record FindingView(
        String check, String verdict, String what, @Nullable String remedy) {
    /** Returns what is shown of it. */
    public static FindingView of(Finding finding) {
        return new FindingView(
                finding.check(),
                JsonValues.word(finding.verdict()),
                finding.what(),
                JsonValues.orNull(finding.remedy()));
    }
}
