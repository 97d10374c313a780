/**
 * State and vault without other bundles, and plain replacements for stages, for the unit tests of one messaging bundle.
 */
package org.partyline.testkit.messaging;
