// CloudTrail, as far as the endpoint has it: the events of the caller's account.
import type { JsonService } from '../json-service.ts'
import { lookupEvents } from './lookup-events.ts'

export const cloudTrail: JsonService = {
  signingName: 'cloudtrail',
  prefix: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101',
  operations: { LookupEvents: lookupEvents },
  unserved: `AddTags CancelQuery CreateChannel CreateDashboard CreateEventDataStore CreateTrail DeleteChannel DeleteDashboard
    DeleteEventDataStore DeleteResourcePolicy DeleteTrail DeregisterOrganizationDelegatedAdmin DescribeQuery DescribeTrails
    DisableFederation EnableFederation GenerateQuery GetChannel GetDashboard GetEventConfiguration GetEventDataStore
    GetEventSelectors GetImport GetInsightSelectors GetQueryResults GetResourcePolicy GetTrail GetTrailStatus ListChannels
    ListDashboards ListEventDataStores ListImportFailures ListImports ListInsightsData ListInsightsMetricData ListPublicKeys
    ListQueries ListTags ListTrails PutEventConfiguration PutEventSelectors PutInsightSelectors PutResourcePolicy
    RegisterOrganizationDelegatedAdmin RemoveTags RestoreEventDataStore SearchSampleQueries StartDashboardRefresh
    StartEventDataStoreIngestion StartImport StartLogging StartQuery StopEventDataStoreIngestion StopImport StopLogging
    UpdateChannel UpdateDashboard UpdateEventDataStore UpdateTrail`,
  why: 'There are no trails: LookupEvents has the events of the last 90 days.',
}
