/** State and vault without other bundles, and plain stages in their place, for the unit tests of one messaging bundle. */
package org.partyline.testkit.messaging;
