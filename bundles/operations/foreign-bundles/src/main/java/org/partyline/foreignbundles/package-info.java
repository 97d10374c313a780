/**
 * Reports third-party bundles. They are rejected by {@code bundle-guard}, which cannot share classes with other
 * bundles.
 */
package org.partyline.foreignbundles;
